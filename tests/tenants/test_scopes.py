"""Every address of the API has its line in the table of scopes."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tenants.models import Scope
from tenants.roles import Ability, Role, may
from tenants.scopes import ACCESS, access_to
from tests.door import OPEN_ROUTES


def _routes(resolver: URLResolver) -> Iterator[URLPattern]:
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            yield from _routes(each)
        else:
            yield each


def _api_routes() -> list[URLPattern]:
    (api,) = (
        each
        for each in get_resolver("signalbus.urls").url_patterns
        if isinstance(each, URLResolver) and str(each.pattern) == "api/v1/"
    )
    return list(_routes(api))


def test_every_route_is_in_the_table_and_the_other_way_round() -> None:
    names = {route.name for route in _api_routes()}
    assert names - OPEN_ROUTES <= ACCESS.keys()


@pytest.mark.parametrize("route", sorted(ACCESS))
def test_reading_never_needs_a_live_key_and_writing_what_is_shared_always_does(route: str) -> None:
    for method, access in ACCESS[route].items():
        assert access.live_only == (
            method != "GET"
            and access.scope == Scope.MANAGE
            and route.startswith(("template", "polic", "provider", "notice"))
        ), (route, method)


@pytest.mark.parametrize("route", sorted(ACCESS))
def test_whoever_may_only_look_changes_nothing(route: str) -> None:
    """But for keys of their own, and a preview, which is kept nowhere."""
    for method, access in ACCESS[route].items():
        if method != "GET" and route not in ("api-keys", "api-key", "template-preview"):
            assert not may(Role.VIEWER, access.ability), (route, method)
            assert not may(Role.VIEWER, access.ability_in("test")), (route, method)
        elif method == "GET":
            needed = Ability.OWN if route == "audit-log" else Ability.VIEW
            assert access.ability == needed, route


def test_an_editor_tries_in_test_mode_what_only_an_operator_does_live() -> None:
    for route in ("notify", "publish", "notifications", "notifications-batch"):
        access = ACCESS[route]["POST"]
        assert not may(Role.EDITOR, access.ability_in("live"))
        assert may(Role.EDITOR, access.ability_in("test"))


def test_head_is_as_get_and_an_unknown_route_is_never_open() -> None:
    assert access_to("notifications", "HEAD") == access_to("notifications", "GET")
    assert access_to("notifications", "DELETE") is None
    with pytest.raises(KeyError):
        access_to("forgotten", "GET")
