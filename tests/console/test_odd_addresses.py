"""No address that somebody may write makes the console fall over."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import NoReverseMatch, reverse

from signalbus.panels.pages import parameters_of
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.roles import Role
from tests.console.everything import address, fill, one_of
from tests.console.pages import TENANT, pages_of
from tests.console.people import at_console

NUL = "\x00"
ODD = (
    *({"q": NUL}, {"q": "("}, {"cursor": "abc"}, {"limit": "abc"}, {"mode": NUL}, {"p": "99"}),
    *({"p": "abc"}, {"o": "9.9"}, {"e": "1"}, {"all": ""}, {"_popup": "1"}, {"_facets": "1"}),
    *({"nothing": NUL}, {NUL: "1"}, {"span": "zz"}, {"topic": NUL}, {"to": NUL}, {"id": "zz"}),
    *({"object": "zz:1"}, {"object": f"policy:{NUL}"}, {"_changelist_filters": NUL}),
)
ODD_PAGES = (
    *("zz/change/", "%00/change/", "99999999999999999999/change/", "%00/history/"),
    *("zz/history/", "zz/delete/", "add/?mode=%00", "add/?_changelist_filters=%00"),
)
OTHERS = (
    *("search/?s=a&page=abc", "search/?s=a&page=99", "search/?s=%00", "search/"),
    "autocomplete/?app_label=notifications&model_name=contact&field_name=recipient&term=u",
    *("autocomplete/", "?span=%00", "live/?mode=%00", "join/%00/", "new-password/%00/x/"),
    *("new-password/NA/%00/", "zzz/", "tenants/", "notifications/policy/send-test/?what=%00"),
    *("delivery/deadletter/redrive-many/?q=%00", "r/1/1/", "jsi18n/"),
)


def _asked(panel: Any) -> Iterator[dict[str, str]]:
    """Odd ones for any list, and those of its own filters that hold no sense."""
    yield from ODD
    for name in parameters_of(panel.list_filter):
        yield from ({name: NUL}, {name: "zz"})


def test_the_lists_of_a_console(filled: tuple[Client, Any]) -> None:
    client, site = filled
    client.raise_request_exception = False
    for model, panel in site._registry.items():
        for asked in _asked(panel):
            assert client.get(address(model), asked).status_code < 500, (model, asked)
        for page in ODD_PAGES:
            assert client.get(address(model, page)).status_code < 500, (model, page)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OWNER])
def test_pages_that_are_no_lists(acme: TenantIdentity, role: Role) -> None:
    client = at_console(acme, role)
    client.raise_request_exception = False
    for page in OTHERS:
        assert client.get(f"/admin/{page}").status_code < 500, page


def _posts(acme: TenantIdentity) -> Iterator[str]:
    """Every page of the tenant's console but the log-out."""
    rows = {f"{each._meta.app_label}_{each._meta.model_name}": each for each in _rows(acme)}
    for name in {page.name for page in pages_of(TENANT)} - {None, "logout"}:
        key = next((row.pk for model, row in rows.items() if name.startswith(f"{model}_")), "a")
        for args in ([], [key], ["1"], ["a", "b"]):
            try:
                yield reverse(f"admin:{name}", args=args, urlconf=TENANT)
                break
            except NoReverseMatch:
                continue


def _rows(acme: TenantIdentity) -> Iterator[Any]:
    yield from one_of(acme, "ours").values()


def test_a_viewer_may_post_anything_anywhere(acme: TenantIdentity) -> None:
    fill(acme, "ours")
    client = at_console(acme, Role.VIEWER)
    client.raise_request_exception = False
    for page in sorted(_posts(acme)):
        assert client.post(page, {}).status_code < 500, page


def test_a_viewer_who_posts_a_password_for_somebody_is_refused(acme: TenantIdentity) -> None:
    viewer = at_console(acme, Role.VIEWER)
    with in_tenant(acme):
        pk = User.objects.get(username="viewer").pk
    answer = viewer.post(f"/admin/auth/user/{pk}/password/", {})
    assert answer.status_code == 403
    assert b"This needs the role owner" in answer.content


def test_nobody_is_named_by_completing_a_word(acme: TenantIdentity) -> None:
    fill(acme, "ours")
    asked = {"app_label": "notifications", "model_name": "contact", "field_name": "recipient"}
    answer = at_console(acme, Role.VIEWER).get("/admin/autocomplete/", {**asked, "term": ""})
    assert answer.status_code == 404
