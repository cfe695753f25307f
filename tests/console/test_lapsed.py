"""A suppression whose time has passed is none: it stands in no new one's way."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from notifications.models import Suppression
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.door import Api
from tests.make import make_suppression

ASKED = {"channel": "email", "address": "Ana@example.org", "note": "Asked for it."}
FORM = {"mode": "live", "channel": "email", "address": "Ana@example.org", "reason": "manual"}
ADD = "/admin/notifications/suppression/add/"


def held(tenant: TenantIdentity) -> list[tuple[str, str, bool]]:
    """Mode, reason, and whether it ends."""
    with in_tenant(tenant):
        rows = Suppression.objects.order_by("mode")
        return [(row.mode, row.reason, row.expires_at is not None) for row in rows]


def make_ending(tenant: TenantIdentity, hours: int, mode: str = "live") -> Suppression:
    ends = timezone.now() + timedelta(hours=hours)
    fields = {"mode": mode, "reason": "soft_bounces", "expires_at": ends}
    return make_suppression(tenant, "ana@example.org", **fields)


def test_by_the_api_another_takes_its_place(api: Api, acme: TenantIdentity) -> None:
    make_ending(acme, -1)
    answer = api.post("/suppressions", ASKED)
    assert (answer.status, answer.body["note"]) == (201, "Asked for it.")
    assert held(acme) == [("live", "manual", False)]


def test_by_the_console_another_takes_its_place(console: Client, acme: TenantIdentity) -> None:
    make_ending(acme, -1)
    assert console.post(ADD, FORM).status_code == 302
    assert held(acme) == [("live", "manual", False)]


def test_in_the_console_it_can_be_given_more_time(console: Client, acme: TenantIdentity) -> None:
    row = make_ending(acme, -1)
    address = f"/admin/notifications/suppression/{row.id}/change/"
    assert console.post(address, {**FORM, "reason": "soft_bounces"}).status_code == 302
    assert held(acme) == [("live", "soft_bounces", False)]


def test_by_a_file_another_takes_its_place(api: Api, acme: TenantIdentity) -> None:
    make_ending(acme, -1)
    file = b"channel,address\nemail,ana@example.org\n"
    assert api.raw("POST", "/suppressions/import", file, "text/csv").body["changed"] == 1
    assert held(acme) == [("live", "manual", False)]


def test_one_that_still_holds_does(api: Api, console: Client, acme: TenantIdentity) -> None:
    make_ending(acme, 1)
    assert api.post("/suppressions", ASKED).status == 409
    assert b"already exists" in console.post(ADD, FORM).content
    assert held(acme) == [("live", "soft_bounces", True)]


@pytest.mark.parametrize("address", ["bob@example.org", "+33612345678"])
def test_those_of_others_and_of_the_other_mode_stay(
    api: Api, acme: TenantIdentity, address: str
) -> None:
    make_ending(acme, -1, mode="test")
    channel = "sms" if address.startswith("+") else "email"
    assert api.post("/suppressions", {"channel": channel, "address": address}).status == 201
    assert api.post("/suppressions", ASKED).status == 201
    assert ("test", "soft_bounces", True) in held(acme)
