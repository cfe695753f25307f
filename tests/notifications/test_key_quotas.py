"""Quotas of single keys: counted in the transaction that accepts, beside their tenant's."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from notifications.models import Notice
from signalbus.core.timed_cache import clear_all
from tenants import identity
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.limits import ALL_CHANNELS, Period
from tenants.models import ApiKey, KeyUsage
from tenants.schemas import count_statements
from tenants.standing import opens_at
from tests.door import Answer, Api
from tests.make import make_key
from tests.notifications.asking import NOTHING, letter, shipped, written
from tests.notifications.test_quotas import accepted, open_notices, usage
from tests.tenants.limited import limit

TEXT = {"channel": "sms", "to": "+33612345678", "text": "Hi"}


def key_with(tenant: TenantIdentity, mode: str = "live", **limits: int) -> Api:
    return Api(make_key(tenant, mode=mode, limits=limits))


def used(api: Api) -> dict[str, int]:
    row = ApiKey.objects.get(prefix=str(api.key)[:14])
    return {each.channel: each.count for each in KeyUsage.objects.filter(key=row)}


@pytest.mark.parametrize(
    "name", ["notifications_per_day", "notifications_per_month", "email_per_day", "email_per_month"]
)
def test_a_used_up_quota_says_that_it_is_the_keys_and_when_it_opens(
    acme: TenantIdentity, name: str
) -> None:
    api = key_with(acme, "live", **{name: 2})
    answers = [api.post("/notifications", letter()) for _ in range(3)]
    assert [answer.status for answer in answers] == [202, 202, 429]
    refused = answers[2]
    assert refused.kind == "quota-exceeded"
    told = [refused.body[word] for word in ("quota", "of", "limit", "used")]
    assert told == [name, "key", 2, 2]
    assert f"2 of 2 are used of the key's quota {name}" in refused.body["detail"]
    period = Period.DAY if name.endswith("day") else Period.MONTH
    opens = opens_at(period, datetime.now(UTC))
    assert datetime.fromisoformat(refused.body["opens_at"]) == opens
    wait = timedelta(seconds=int(refused.headers["Retry-After"]))
    assert abs(datetime.now(UTC) + wait - opens) < timedelta(seconds=5)


def test_a_tenants_quota_says_that_it_is_the_tenants(acme: TenantIdentity) -> None:
    limit(acme, email_per_day=1)
    api = key_with(acme, email_per_day=1, email_per_month=1, sms_per_day=0)
    ApiKey.objects.update(limits={"email_per_day": 9})
    clear_all()
    api.post("/notifications", letter())
    refused = api.post("/notifications", letter())
    assert (refused.body["of"], refused.body["quota"]) == ("tenant", "email_per_day")


def test_other_keys_go_on_and_are_not_counted(api: Api, acme: TenantIdentity) -> None:
    small = key_with(acme, email_per_day=1)
    assert accepted([small.post("/notifications", letter()) for _ in range(2)]) == 1
    assert accepted([api.post("/notifications", letter()) for _ in range(2)]) == 2
    assert usage(acme) == {ALL_CHANNELS: 3, "email": 3}
    assert (used(small), used(api)) == ({ALL_CHANNELS: 1, "email": 1}, {})


def test_a_key_with_one_quota_is_counted_in_all_channels(acme: TenantIdentity) -> None:
    api = key_with(acme, notifications_per_month=9)
    api.post("/notify", shipped())
    api.post("/notify", shipped(recipient={"id": "nobody"}))
    assert used(api) == {ALL_CHANNELS: 1, "email": 1, "sms": 1}


def test_two_keys_have_each_their_own(acme: TenantIdentity) -> None:
    keys = [key_with(acme, email_per_day=2) for _ in range(2)]
    for api in keys:
        assert accepted([api.post("/notifications", letter()) for _ in range(3)]) == 2


def test_a_switched_off_channel_leaves_the_others(acme: TenantIdentity) -> None:
    api = key_with(acme, sms_per_day=0)
    refused = api.post("/notifications", TEXT).body
    assert (refused["of"], refused.get("opens_at")) == ("key", None)
    assert "Only the tenant's operators can raise it" in refused["detail"]
    assert api.post("/notifications", letter()).status == 202
    assert open_notices(acme) == []


def test_a_batch_that_does_not_fit_the_key_is_refused_as_a_whole(acme: TenantIdentity) -> None:
    api = key_with(acme, email_per_day=5)
    refused = api.post("/notifications/batch", {"items": [letter()] * 6})
    assert (refused.status, refused.kind) == (429, "quota-exceeded")
    assert written(acme) == NOTHING
    assert api.post("/notifications/batch", {"items": [letter()] * 3}).status == 202
    less = api.post("/notifications/batch", {"items": [letter()] * 3})
    assert "at most 2" in less.body["detail"]
    assert used(api) == usage(acme) == {ALL_CHANNELS: 3, "email": 3}


def test_of_two_that_open_together_the_one_with_less_room_is_named(acme: TenantIdentity) -> None:
    limit(acme, email_per_day=4)
    api = key_with(acme, email_per_day=3)
    refused = api.post("/notifications/batch", {"items": [letter()] * 5})
    assert (refused.body["of"], refused.body["limit"]) == ("key", 3)


def ask_at_once(keys: list[Api], times: int) -> list[int]:
    """Ask so often in turn with each key, in many threads; how many were accepted of each."""

    def ask(number: int) -> Answer:
        api = keys[number % len(keys)]
        try:
            if number % 5:
                return api.post("/notifications", letter())
            return api.post("/notifications/batch", {"items": [letter()]})
        finally:
            connection.close()

    with ThreadPoolExecutor(24) as pool:
        answers = list(pool.map(ask, range(times * len(keys))))
    return [accepted(answers[place :: len(keys)]) for place in range(len(keys))]


def test_concurrent_requests_never_exceed_it(api: Api, acme: TenantIdentity) -> None:
    keys = [key_with(acme, email_per_day=40), key_with(acme, notifications_per_month=70), api]
    assert ask_at_once(keys, 90) == [40, 70, 90]
    assert [used(key).get("email") for key in keys] == [40, 70, None]
    assert usage(acme)["email"] == written(acme)["Notification"] == 200


def test_concurrent_requests_exceed_neither_it_nor_the_tenants(
    api: Api, acme: TenantIdentity
) -> None:
    limit(acme, email_per_day=150)
    keys = [key_with(acme, email_per_day=30), api]
    found = ask_at_once(keys, 135)
    assert (found[0] <= 30, sum(found)) == (True, 150)
    assert (used(keys[0])["email"], usage(acme)["email"]) == (found[0], 150)


def test_a_replay_counts_once(acme: TenantIdentity) -> None:
    api = key_with(acme, email_per_day=1)
    for _ in range(3):
        assert api.post("/notifications", letter(), Idempotency_Key="k").status == 202
    assert used(api)["email"] == 1


def test_what_the_tenant_has_no_room_for_is_not_counted(acme: TenantIdentity) -> None:
    limit(acme, email_per_day=0)
    api = key_with(acme, email_per_month=5)
    assert api.post("/notifications", letter()).body["of"] == "tenant"
    assert used(api) == {}


def test_operators_are_told_which_key_comes_to_its_end(acme: TenantIdentity) -> None:
    api = key_with(acme, email_per_day=5)
    prefix = str(api.key)[:14]
    seen = []
    for _ in range(6):
        api.post("/notifications", letter())
        seen.append(open_notices(acme))
    subject = f"email_per_day.{prefix}"
    warned, stopped = [(subject, "warning")], [(subject, "stopped")]
    assert seen == [[], [], [], warned, stopped, stopped]
    with in_tenant(acme):
        assert f"email_per_day of the key tests ({prefix}…), which is 5," in (
            Notice.objects.get().text
        )


def test_operators_are_told_of_a_batch_that_did_not_fit_a_key(acme: TenantIdentity) -> None:
    api = key_with(acme, email_per_day=4)
    batch = {"items": [letter()] * 3}
    api.post("/notifications/batch", batch)
    assert open_notices(acme) == []
    assert api.post("/notifications/batch", batch).status == 429
    assert open_notices(acme) == [(f"email_per_day.{str(api.key)[:14]}", "warning")]


def test_a_new_day_lifts_the_notice_and_counts_for_the_month(acme: TenantIdentity) -> None:
    api = key_with(acme, email_per_day=1, email_per_month=9)
    api.post("/notifications", letter())
    KeyUsage.objects.update(day=date(2020, 1, 1))
    ApiKey.objects.update(limits={"email_per_day": 10})
    identity.forget()
    assert api.post("/notifications", letter()).status == 202
    assert open_notices(acme) == []


def test_it_takes_no_statement_more_than_a_tenants(api: Api, acme: TenantIdentity) -> None:
    def statements(who: Api, size: int = 1) -> int:
        with count_statements() as counted:
            batch = {"items": [letter() for _ in range(size)]}
            assert who.post("/notifications/batch", batch).status == 202
        texts = [text for text in counted.texts if "usage" in text or "advisory_xact" in text]
        return len(texts)

    limited = key_with(acme, email_per_day=1000)
    assert statements(api) == 1
    statements(limited)
    assert statements(limited) == statements(limited, 100) == 3
    limit(acme, email_per_day=1000)
    statements(limited)
    assert statements(limited) == 3


def test_usage_shows_the_asking_keys_own(api: Api, acme: TenantIdentity) -> None:
    limited = key_with(acme, email_per_day=5)
    limited.post("/notifications", letter())
    api.post("/notifications", letter())
    assert api.get("/usage").body["key_usage"] == []
    body = limited.get("/usage").body
    own: dict[Any, Any] = {each["channel"]: each for each in body["key_usage"]}
    assert (own["email"]["today"]["used"], own["email"]["today"]["remaining"]) == (1, 4)
    assert own["email"]["month"]["limit"] is None
    assert next(each for each in body["usage"] if each["channel"] == "email")["today"]["used"] == 2


def test_keys_show_how_far_they_have_come(api: Api, acme: TenantIdentity) -> None:
    limited = key_with(acme, email_per_day=5, sms_per_minute=3)
    limited.post("/notifications", letter())
    rows = {each["prefix"]: each for each in api.get("/api-keys").body["results"]}
    (quota,) = rows[str(limited.key)[:14]]["usage"]
    assert (quota["quota"], quota["used"], quota["remaining"]) == ("email_per_day", 1, 4)
    assert quota["opens_at"].endswith("T00:00:00Z")
    assert rows[str(api.key)[:14]]["usage"] == []


def test_a_key_gets_at_most_its_tenants_quota(api: Api, acme: TenantIdentity) -> None:
    limit(acme, sms_per_day=5)
    body = {"name": "x", "scopes": ["send"], "limits": {"sms_per_day": 6}}
    assert api.post("/api-keys", body).pointers == ["/limits/sms_per_day"]
    made = api.post("/api-keys", {**body, "limits": {"sms_per_day": 5}})
    assert (made.status, made.body["usage"][0]["limit"]) == (201, 5)


# --- any minute


def test_a_keys_minute_by_channel(api: Api, acme: TenantIdentity) -> None:
    limited = key_with(acme, email_per_minute=2)
    answers = [limited.post("/notifications", letter()) for _ in range(3)]
    assert [answer.status for answer in answers] == [202, 202, 429]
    refused = answers[2]
    assert refused.kind == "rate-limited"
    assert "The key's limit of 2 email deliveries per minute" in refused.body["detail"]
    assert limited.post("/notifications", TEXT).status == 202
    assert api.post("/notifications", letter()).status == 202
    assert used(limited) == {}


def test_what_the_keys_minute_refuses_does_not_count_for_the_tenants(
    api: Api, acme: TenantIdentity
) -> None:
    limit(acme, email_per_minute=4)
    limited = key_with(acme, email_per_minute=2)
    never = limited.post("/notifications/batch", {"items": [letter()] * 3})
    assert (never.status, never.kind) == (429, "rate-limited")
    assert api.post("/notifications/batch", {"items": [letter()] * 4}).status == 202
    refused = limited.post("/notifications", letter())
    assert "The tenant's limit of 4 email" in refused.body["detail"]
