"""Deliveries by a fallback channel count for the tenant's quotas, and are never refused."""

import pytest

from notifications.models import Notice, Usage
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.pipeline.kit import Fleet, Line
from tests.delivery.pipeline.watch_kit import (
    ANA,
    greet,
    make_watching,
    sent,
    states,
    watches,
    work,
)
from tests.door import Api
from tests.make import make_account, make_key, make_suppression
from tests.tenants.limited import limit


def usage(tenant: TenantIdentity) -> dict[str, int]:
    with in_tenant(tenant):
        return {row.channel: row.count for row in Usage.objects.filter(mode="live")}


def notices(tenant: TenantIdentity) -> list[tuple[str, str]]:
    with in_tenant(tenant):
        return list(Notice.objects.filter(lifted_at=None).values_list("subject", "severity"))


@pytest.fixture
def falling(fleet_line: Line, fleet: Fleet) -> Line:
    make_account(fleet_line.tenant, name="first")
    make_account(fleet_line.tenant, name="texts", channel="sms")
    make_watching(fleet_line.tenant, ["sms"])
    return fleet_line


def fall(line: Line, api: Api) -> None:
    greet(api)
    sent(line)
    work(line, "email")


def test_it_is_counted_for_its_channel(api: Api, falling: Line) -> None:
    greet(api)
    sent(falling)
    assert usage(falling.tenant) == {"": 1, "email": 1}
    work(falling, "email")
    assert [channel for channel, _ in states(falling)] == ["email", "sms"]
    assert usage(falling.tenant) == {"": 1, "email": 1, "sms": 1}


def test_it_goes_beyond_a_quota_and_what_comes_next_is_refused(api: Api, falling: Line) -> None:
    limit(falling.tenant, sms_per_day=1)
    for _ in range(2):
        fall(falling, api)
    assert usage(falling.tenant)["sms"] == 2
    text = {"channel": "sms", "to": "+33612345678", "text": "Hi"}
    refused = api.post("/notifications", text)
    assert (refused.kind, refused.body["used"]) == ("quota-exceeded", 2)
    (sms,) = [each for each in api.get("/usage").body["usage"] if each["channel"] == "sms"]
    assert (sms["today"]["used"], sms["today"]["remaining"]) == (2, 0)


def test_operators_are_told_where_it_takes_a_quota_to_its_end(api: Api, falling: Line) -> None:
    limit(falling.tenant, sms_per_day=5)
    seen = []
    for _ in range(5):
        fall(falling, api)
        seen.append(notices(falling.tenant))
    warned, stopped = [("sms_per_day", "warning")], [("sms_per_day", "stopped")]
    assert seen == [[], [], [], warned, stopped]


def test_what_is_skipped_is_not_counted(api: Api, falling: Line) -> None:
    make_suppression(falling.tenant, ANA["phone"], "sms")
    fall(falling, api)
    assert usage(falling.tenant) == {"": 1, "email": 1}
    assert not watches()


def test_it_counts_for_no_key(falling: Line) -> None:
    api = Api(make_key(falling.tenant, limits={"sms_per_day": 1}))
    for _ in range(2):
        fall(falling, api)
    assert usage(falling.tenant)["sms"] == 2
    text = {"channel": "sms", "to": "+33612345678", "text": "Hi"}
    assert api.post("/notifications", text).status == 202
