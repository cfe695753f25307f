"""Deliveries of a channel in any minute."""

from tenants.identity import TenantIdentity
from tests.door import Api
from tests.notifications.asking import NOTHING, letter, shipped, written
from tests.tenants.limited import limit

TEXT = {"channel": "sms", "to": "+33612345678", "text": "Hi"}


def test_a_channel_has_a_minute_of_its_own(api: Api, acme: TenantIdentity) -> None:
    limit(acme, sms_per_minute=2)
    assert [api.post("/notifications", TEXT).status for _ in range(3)] == [202, 202, 429]
    refused = api.post("/notifications", TEXT)
    assert refused.kind == "rate-limited"
    assert "2 sms deliveries per minute" in refused.body["detail"]
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert api.post("/notifications", letter()).status == 202


def test_a_topic_counts_for_every_channel_it_uses(api: Api, acme: TenantIdentity) -> None:
    limit(acme, sms_per_minute=1, email_per_minute=9)
    assert api.post("/notify", shipped()).status == 202
    before = written(acme)
    assert api.post("/notify", shipped()).kind == "rate-limited"
    assert written(acme) == before
    assert api.post("/notifications/batch", {"items": [letter()] * 8}).status == 202
    assert api.post("/notifications/batch", {"items": [letter()]}).status == 429


def test_a_batch_that_does_not_fit_is_refused_as_a_whole(api: Api, acme: TenantIdentity) -> None:
    limit(acme, email_per_minute=3)
    never = api.post("/notifications/batch", {"items": [letter()] * 4})
    assert (never.status, never.kind) == (429, "rate-limited")
    assert "At most 3 pass at once: send fewer." in never.body["detail"]
    assert written(acme) == NOTHING
    assert api.post("/notifications/batch", {"items": [letter()] * 3}).status == 202


def test_modes_and_tenants_have_each_their_own(
    api: Api, test_api: Api, globex_api: Api, acme: TenantIdentity
) -> None:
    limit(acme, email_per_minute=1)
    for each in (api, test_api, globex_api):
        assert each.post("/notifications", letter()).status == 202
    assert api.post("/notifications", letter()).status == 429
    assert globex_api.post("/notifications", letter()).status == 202


def test_what_a_quota_refuses_is_not_counted(api: Api, acme: TenantIdentity) -> None:
    limit(acme, email_per_minute=5, email_per_day=0)
    assert api.post("/notifications", letter()).kind == "quota-exceeded"
    limit(acme, email_per_minute=5)
    assert api.post("/notifications/batch", {"items": [letter()] * 5}).status == 202
