"""Quotas: counted in the transaction that accepts, so that they are exact."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from django.db import connection

from notifications import quotas
from notifications.models import Batch, Notice, Usage
from notifications.planning import Plan, Planner
from notifications.values import Asked, Refused
from signalbus.core.timed_cache import clear_all
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.limits import ALL_CHANNELS, Period, Quota
from tenants.schemas import count_statements
from tenants.standing import Standing, opens_at
from tests.door import Answer, Api
from tests.make import make_key
from tests.notifications.asking import NOTHING, letter, shipped, written
from tests.tenants.limited import limit

TEXT = {"channel": "sms", "to": "+33612345678", "text": "Hi"}


def usage(tenant: TenantIdentity, mode: str = "live") -> dict[str, int]:
    with in_tenant(tenant):
        return {row.channel: row.count for row in Usage.objects.filter(mode=mode)}


def open_notices(tenant: TenantIdentity) -> list[tuple[str, str]]:
    with in_tenant(tenant):
        rows = Notice.objects.filter(kind="quota", lifted_at=None).order_by("id")
        return [(row.subject, row.severity) for row in rows]


def accepted(answers: list[Answer]) -> int:
    return sum(answer.status == 202 for answer in answers)


def test_what_is_accepted_is_counted_without_any_quota(api: Api, acme: TenantIdentity) -> None:
    api.post("/notify", shipped())
    api.post("/notifications", letter())
    assert usage(acme) == {ALL_CHANNELS: 2, "email": 2, "sms": 1}


def test_what_is_skipped_or_refused_is_not_counted(api: Api, acme: TenantIdentity) -> None:
    api.post("/notify", shipped(recipient={"id": "nobody"}))
    api.post("/notify", shipped(recipient={"id": "u", "email": "u@example.org"}))
    api.post("/notify", shipped(topic="order.lost"))
    assert usage(acme) == {ALL_CHANNELS: 1, "email": 1}


def test_a_replay_counts_once(api: Api, acme: TenantIdentity) -> None:
    limit(acme, email_per_day=1)
    for _ in range(3):
        assert api.post("/notifications", letter(), Idempotency_Key="k").status == 202
    batch = {"items": [letter(idempotency_key="k2")]}
    assert api.post("/notifications/batch", batch).status == 429
    assert usage(acme)["email"] == 1


@pytest.mark.parametrize(
    "name", ["notifications_per_day", "notifications_per_month", "email_per_day", "email_per_month"]
)
def test_a_used_up_quota_says_which_and_when_it_opens(
    api: Api, acme: TenantIdentity, name: str
) -> None:
    limit(acme, **{name: 2})
    answers = [api.post("/notifications", letter()) for _ in range(3)]
    assert [answer.status for answer in answers] == [202, 202, 429]
    refused = answers[2]
    assert refused.kind == "quota-exceeded"
    assert (refused.body["quota"], refused.body["limit"], refused.body["used"]) == (name, 2, 2)
    opens = datetime.fromisoformat(refused.body["opens_at"])
    wait = timedelta(seconds=int(refused.headers["Retry-After"]))
    assert abs(datetime.now(UTC) + wait - opens) < timedelta(seconds=5)
    assert (opens.hour, opens.minute) == (0, 0)
    assert opens.day == 1 or name.endswith("day")
    assert f"{opens:%Y-%m-%d} 00:00 UTC" in refused.body["detail"]


def test_another_channel_goes_on(api: Api, acme: TenantIdentity) -> None:
    limit(acme, sms_per_day=0)
    assert api.post("/notifications", TEXT).kind == "quota-exceeded"
    assert api.post("/notifications", letter()).status == 202
    assert open_notices(acme) == []


def test_a_quota_of_none_says_who_can_raise_it_and_promises_nothing(
    api: Api, acme: TenantIdentity
) -> None:
    limit(acme, sms_per_day=0, notifications_per_month=0)
    body = api.post("/notifications", TEXT).body
    assert "notifications_per_month is 0: it allows none. Only the platform's" in body["detail"]
    assert (body["limit"], body.get("opens_at")) == (0, None)


def test_a_refused_request_writes_nothing(api: Api, acme: TenantIdentity) -> None:
    limit(acme, notifications_per_day=0)
    assert api.post("/notify", shipped()).status == 429
    assert written(acme) == NOTHING


def test_a_batch_that_does_not_fit_is_refused_as_a_whole(api: Api, acme: TenantIdentity) -> None:
    limit(acme, email_per_day=5)
    assert api.post("/notifications/batch", {"items": [letter()] * 3}).status == 202
    before = written(acme)
    refused = api.post("/notifications/batch", {"items": [letter()] * 3})
    assert (refused.status, refused.kind) == (429, "quota-exceeded")
    assert "at most 2" in refused.body["detail"]
    assert written(acme) == before
    with in_tenant(acme):
        assert Batch.objects.count() == 1
    assert api.post("/notifications/batch", {"items": [letter()] * 2}).status == 202
    never = api.post("/notifications/batch", {"items": [letter()] * 6})
    assert "it never fits" in never.body["detail"]


def test_a_publication_that_does_not_fit_is_refused_as_a_whole(
    api: Api, acme: TenantIdentity
) -> None:
    limit(acme, notifications_per_day=1)
    people = [{"id": f"u{n}", "email": f"u{n}@example.org"} for n in range(2)]
    body = {"data": {"order": "A"}, "recipients": people}
    assert api.post("/publish/order.shipped", body).kind == "quota-exceeded"
    assert written(acme) == NOTHING


def test_what_does_not_fit_is_only_what_would_be_sent(api: Api, acme: TenantIdentity) -> None:
    limit(acme, email_per_day=1)
    items = [letter(), shipped(recipient={"id": "nobody"}), shipped(topic="order.lost")]
    answer = api.post("/notifications/batch", {"items": items})
    assert (answer.status, answer.body["accepted"], answer.body["refused"]) == (202, 2, 1)


@pytest.mark.parametrize("name", ["notifications_per_day", "email_per_month"])
def test_concurrent_requests_never_exceed_it(acme: TenantIdentity, name: str) -> None:
    limit(acme, **{name: 100})
    api = Api(make_key(acme))

    def ask(number: int) -> Answer:
        try:
            if number % 5:
                return api.post("/notifications", letter())
            return api.post("/notifications/batch", {"items": [letter()]})
        finally:
            connection.close()

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(ask, range(200)))
    assert accepted(answers) == 100
    assert {answer.status for answer in answers} == {202, 429}
    assert usage(acme)["email"] == written(acme)["Notification"] == 100


def test_test_mode_is_counted_apart_with_the_same_quotas(
    api: Api, test_api: Api, acme: TenantIdentity
) -> None:
    limit(acme, email_per_day=1)
    assert accepted([test_api.post("/notifications", letter()) for _ in range(2)]) == 1
    assert api.post("/notifications", letter()).status == 202
    assert usage(acme) == usage(acme, "test") == {ALL_CHANNELS: 1, "email": 1}
    assert open_notices(acme) == [("email_per_day.test", "stopped"), ("email_per_day", "stopped")]


def test_another_tenant_is_not_touched(
    api: Api, globex_api: Api, acme: TenantIdentity, globex: TenantIdentity
) -> None:
    limit(acme, email_per_day=0)
    assert api.post("/notifications", letter()).status == 429
    assert globex_api.post("/notifications", letter()).status == 202
    assert (usage(acme), usage(globex)) == ({}, {ALL_CHANNELS: 1, "email": 1})


def test_operators_are_told_at_four_fifths_and_at_the_end(api: Api, acme: TenantIdentity) -> None:
    limit(acme, email_per_day=5)
    seen = []
    for _ in range(6):
        api.post("/notifications", letter())
        seen.append(open_notices(acme))
    warned, stopped = [("email_per_day", "warning")], [("email_per_day", "stopped")]
    assert seen == [[], [], [], warned, stopped, stopped]
    with in_tenant(acme):
        assert Notice.objects.count() == 1
        assert "used up" in Notice.objects.get().text


def test_operators_are_told_of_a_batch_that_is_refused_as_a_whole(
    api: Api, acme: TenantIdentity
) -> None:
    limit(acme, email_per_day=4, sms_per_day=0)
    too_many = {"items": [letter()] * 3}
    assert api.post("/notifications/batch", too_many).status == 202
    assert open_notices(acme) == []
    assert api.post("/notifications/batch", too_many).status == 429
    assert open_notices(acme) == [("email_per_day", "warning")]
    with in_tenant(acme):
        assert "A batch did not fit email_per_day, which is 4" in Notice.objects.get().text
    text = {"channel": "sms", "to": "+33612345678", "text": "Hi"}
    assert api.post("/notifications/batch", {"items": [text]}).status == 429
    assert len(open_notices(acme)) == 1, "a channel that is switched off is no news"


def test_operators_are_told_of_batches_refused_by_a_used_up_quota(
    api: Api, acme: TenantIdentity
) -> None:
    limit(acme, email_per_day=1)
    api.post("/notifications", letter())
    with in_tenant(acme):
        Notice.objects.all().delete()
    clear_all()
    assert api.post("/notifications/batch", {"items": [letter()]}).status == 429
    assert open_notices(acme) == [("email_per_day", "stopped")]


def test_a_new_day_lifts_the_notice_of_the_last(api: Api, acme: TenantIdentity) -> None:
    limit(acme, email_per_day=1)
    api.post("/notifications", letter())
    with in_tenant(acme):
        Usage.objects.update(day=date(2020, 1, 1))
    limit(acme, email_per_day=10)
    assert api.post("/notifications", letter()).status == 202
    assert open_notices(acme) == []


def test_days_before_count_for_the_month_alone(api: Api, acme: TenantIdentity) -> None:
    limit(acme, email_per_day=1, email_per_month=2)
    today = opens_at(Period.DAY, datetime.now(UTC)).date() - timedelta(days=1)
    first = today.replace(day=1)
    with in_tenant(acme):
        Usage.objects.create(mode="live", channel="email", day=first - timedelta(days=1), count=9)
        if today != first:
            Usage.objects.create(mode="live", channel="email", day=first, count=2)
    answer = api.post("/notifications", letter())
    assert answer.status == (202 if today == first else 429)
    if today != first:
        assert answer.body["quota"] == "email_per_month"


@pytest.mark.parametrize("quota", [None, 3])
def test_an_item_that_only_the_database_refuses_is_not_counted(
    api: Api, acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch, quota: int | None
) -> None:
    real = Planner.plan

    def unstorable(self: Planner, asked: Asked) -> Plan | Refused:
        plan = real(self, asked)
        return msgspec.structs.replace(plan, locale="x" * 99) if asked.correlation_id else plan

    monkeypatch.setattr(Planner, "plan", unstorable)
    limit(acme, email_per_day=quota)
    items = [letter(), letter(correlation_id="bad"), letter()]
    answer = api.post("/notifications/batch", {"items": items})
    assert (answer.status, answer.body["accepted"]) == (202, 2)
    assert usage(acme)["email"] == 2


def test_quotas_cost_two_statements_and_none_cost_one(api: Api, acme: TenantIdentity) -> None:
    def statements() -> list[str]:
        with count_statements() as counted:
            assert api.post("/notifications/batch", {"items": [letter()]}).status == 202
        return [text for text in counted.texts if "usage" in text or "advisory_xact" in text]

    assert len(statements()) == 1
    limit(acme, email_per_day=100)
    statements()
    assert len(statements()) == 3


NOON = datetime(2026, 12, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "period", "opens"),
    [
        (NOON, Period.DAY, datetime(2027, 1, 1, tzinfo=UTC)),
        (NOON, Period.MONTH, datetime(2027, 1, 1, tzinfo=UTC)),
        (
            datetime(2028, 2, 28, 23, 59, 59, tzinfo=UTC),
            Period.DAY,
            datetime(2028, 2, 29, tzinfo=UTC),
        ),
        (datetime(2028, 2, 28, tzinfo=UTC), Period.MONTH, datetime(2028, 3, 1, tzinfo=UTC)),
    ],
)
def test_a_period_ends_at_midnight_utc(now: datetime, period: Period, opens: datetime) -> None:
    assert opens_at(period, now) == opens


def test_of_two_used_up_quotas_the_one_that_opens_last_is_named() -> None:
    day = Quota(name="d", channel="email", period=Period.DAY, limit=1)
    month = Quota(name="m", channel="email", period=Period.MONTH, limit=1)
    noon = datetime(2026, 11, 20, 12, tzinfo=UTC)
    standing = Standing(now=noon, used={period: {"email": 1} for period in Period})
    short = quotas.shortages("tenant", [day, month], standing, {}, {"email": 1})
    assert quotas.refusal(short, noon).extra["quota"] == "m"
