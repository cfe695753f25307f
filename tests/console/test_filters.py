"""What the address of a list may ask for: the list's own filters, and nothing else of its rows."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client

from signalbus.console.sites import platform as platform_site
from signalbus.panels.pages import NO_FILTER, parameters_of
from tenants.identity import TenantIdentity
from tenants.roles import Role
from tests.console.everything import address
from tests.console.people import at_console
from tests.make import make_recipient, make_suppression

LOOKUPS = ("startswith", "isnull")
TEXT_LOOKUPS = ("contains", "regex", "gt", "in")


def _beyond(model: type[models.Model], panel: Any) -> Iterator[str]:
    """Look-ups of the model's fields, and of what they lead to, that none of its filters reads."""
    names = [field.name for field in model._meta.get_fields()]
    lookups = {f"{name}__{lookup}" for name in names for lookup in LOOKUPS}
    lookups |= {f"{names[-1]}__{lookup}" for lookup in TEXT_LOOKUPS}
    yield from sorted(lookups - set(parameters_of(panel.list_filter)))


def _check_refused(client: Client, site: Any) -> None:
    for model, panel in site._registry.items():
        page = address(model)
        for lookup in _beyond(model, panel):
            answer = client.get(page, {lookup: "["})
            assert answer.headers.get("Location") == f"{page}?e=1", (page, lookup)


def test_a_tenants_lists_go_by_their_own_filters_alone(acme: TenantIdentity) -> None:
    _check_refused(at_console(acme, Role.OWNER), admin.site)


def test_the_platforms_lists_go_by_their_own_filters_alone(platform: Client) -> None:
    _check_refused(platform, platform_site)


@pytest.mark.parametrize(
    "asked",
    [
        "suppression/?address__startswith=zz",
        "suppression/?address=zoe@example.org",
        "suppression/?note__contains=zz",
        "recipient/?attributes__diagnosis=cold",
        "recipient/?external_id__startswith=zz",
        "recipient/?contacts__address=zoe@example.org",
    ],
)
def test_a_viewer_cannot_guess_what_is_masked(acme: TenantIdentity, asked: str) -> None:
    make_suppression(acme, "ana@example.org")
    make_recipient(acme, email="ana@example.org", attributes={"diagnosis": "flu"})
    viewer = at_console(acme, Role.VIEWER)
    answer = viewer.get(f"/admin/notifications/{asked}", follow=True)
    assert "a**@example.org" in answer.content.decode()
    assert NO_FILTER in answer.content.decode()


def test_a_wrong_filter_beside_the_sign_of_another_is_no_broken_database(
    acme: TenantIdentity,
) -> None:
    answer = at_console(acme, Role.OWNER).get(
        "/admin/notifications/recipient/", {"e": "1", "foo": "2"}, follow=True
    )
    assert answer.status_code == 200
    assert NO_FILTER in answer.content.decode()
    assert "database" not in answer.content.decode()


def _filters(client: Client, page: str) -> Iterator[str]:
    """The addresses that the page's own filters lead to."""
    found = client.get(page).context["cl"]
    for spec in found.filter_specs:
        yield from (str(each["query_string"]) for each in spec.choices(found))


def test_a_consoles_own_filters_work(filled: tuple[Client, Any]) -> None:
    client, site = filled
    for model in site._registry:
        page = address(model)
        for asked in _filters(client, page):
            assert client.get(f"{page}{asked}").status_code == 200, (page, asked)


@pytest.mark.parametrize(
    "link",
    [
        "notifications/notification/?status=unknown",
        "notifications/notification/?mode=test",
        "notifications/notification/?channel=sms&provider=x&span=day&error_class=crashed",
        "delivery/deadletter/?state=all",
        "notifications/notice/?state=all",
        "auditlog/logentry/?object=policy:1",
        "auditlog/logentry/?who=ana",
    ],
)
def test_links_to_filtered_lists_work(acme: TenantIdentity, link: str) -> None:
    assert at_console(acme, Role.OWNER).get(f"/admin/{link}").status_code == 200


def test_the_platforms_links_to_filtered_lists_work(platform: Client) -> None:
    for link in ("tenants/tenant/?state=suspended", "bus/outboxentry/?stream=sms.bulk"):
        assert platform.get(f"/admin/{link}").status_code == 200
