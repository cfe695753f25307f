"""`GET /statistics`, as a client asks for it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from tenants.identity import TenantIdentity
from tests.delivery.history_rows import make_delivery, make_notification
from tests.door import Answer, Api
from tests.make import make_key

NOW = datetime(2026, 3, 2, 10, 20, tzinfo=UTC)
HOUR = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_twenty_past_ten() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def make(
    tenant: TenantIdentity,
    status: str = "queued",
    *,
    made: datetime = HOUR,
    seconds: float | None = None,
    mode: str = "live",
    **fields: Any,
) -> None:
    """A delivery in this state, settled so many seconds after it was made."""
    notification = make_notification(tenant, status=status, created_at=made, mode=mode)
    if seconds is not None:
        fields["settled_at"] = made + timedelta(seconds=seconds)
    make_delivery(tenant, notification, **fields)


def ask(api: Api, **query: str) -> Answer:
    return api.get("/statistics", query)


def lines(answer: Answer) -> list[tuple[Any, ...]]:
    """When each begins, its channel, provider, and how many it has."""
    assert answer.status == 200, answer
    return [
        (each["begins"], each["channel"], each["provider"], each["accepted"])
        for each in answer.body["results"]
    ]


def test_every_figure_of_an_hour(api: Api, acme: TenantIdentity) -> None:
    for _ in range(3):
        make(acme, "sent", provider="smtp", seconds=3.5)
    make(acme, "delivered", provider="smtp", seconds=15)
    for status in ("failed", "dead", "bounced", "unknown"):
        make(acme, status, provider="smtp", error_class="bad_address")
    make(acme, "cancelled", provider="smtp")
    make(acme, "queued", provider="smtp", error_class="busy")
    assert ask(api).body["results"] == [
        {
            "begins": "2026-03-02T10:00:00Z",
            "channel": "email",
            "provider": "smtp",
            "accepted": 10,
            "sent": 4,
            "delivered": 1,
            "failed": 3,
            "success_rate": 0.5,
            "latency_p50_ms": 4000,
            "latency_p95_ms": 18000,
            "statuses": {
                "queued": 1,
                "sent": 3,
                "delivered": 1,
                "skipped": 0,
                "failed": 1,
                "dead": 1,
                "bounced": 1,
                "unknown": 1,
                "cancelled": 1,
            },
            "error_classes": [{"error_class": "bad_address", "count": 4}],
        }
    ]


def test_what_has_no_provider_yet_stands_by_itself(api: Api, acme: TenantIdentity) -> None:
    make(acme)
    make(acme, "sent", provider="smtp", seconds=1)
    results = ask(api).body["results"]
    assert [(each["provider"], each["accepted"]) for each in results] == [(None, 1), ("smtp", 1)]
    assert (results[0]["success_rate"], results[0]["latency_p50_ms"]) == (None, None)


def test_without_parameters_the_last_24_hours_are_shown(api: Api, acme: TenantIdentity) -> None:
    make(acme, made=NOW - timedelta(hours=24, minutes=20))
    make(acme, made=NOW - timedelta(hours=24, minutes=21))
    answer = ask(api)
    assert (answer.body["by"], answer.body["mode"]) == ("hour", "live")
    assert answer.body["begins"] == "2026-03-01T10:00:00Z"
    assert answer.body["ends"] == "2026-03-02T11:00:00Z"
    assert lines(answer) == [("2026-03-01T10:00:00Z", "email", None, 1)]


def test_days_are_those_of_utc(api: Api, acme: TenantIdentity) -> None:
    make(acme, made=datetime(2026, 2, 28, 23, 59, tzinfo=UTC))
    make(acme, made=datetime(2026, 3, 1, 0, 0, tzinfo=UTC))
    make(acme, made=datetime(2026, 3, 1, 23, 0, tzinfo=UTC))
    assert lines(ask(api, by="day")) == [
        ("2026-02-28T00:00:00Z", "email", None, 1),
        ("2026-03-01T00:00:00Z", "email", None, 2),
    ]


def test_moments_stand_for_the_hours_they_are_in(api: Api, acme: TenantIdentity) -> None:
    for minutes in (0, 60, 120):
        make(acme, made=HOUR - timedelta(minutes=minutes))
    span = {"from": "2026-03-02T10:00:01+01:00", "to": "2026-03-02T09:00:02Z"}
    assert lines(ask(api, **span)) == [("2026-03-02T09:00:00Z", "email", None, 1)]


def test_a_channel_and_a_provider_can_be_asked_for(api: Api, acme: TenantIdentity) -> None:
    make(acme, "sent", provider="smtp")
    make(acme, "sent", provider="mailgun")
    make(acme, "sent", provider="twilio", channel="sms")
    assert [line[2] for line in lines(ask(api, channel="email"))] == ["mailgun", "smtp"]
    assert [line[2] for line in lines(ask(api, provider="twilio"))] == ["twilio"]
    assert lines(ask(api, channel="sms", provider="smtp")) == []


def test_a_key_sees_its_mode_and_tenant(
    api: Api, test_api: Api, globex_api: Api, acme: TenantIdentity
) -> None:
    make(acme, "sent", provider="smtp")
    make(acme, "dead", mode="test", provider="simulator")
    assert [line[2] for line in lines(ask(api))] == ["smtp"]
    assert [line[2] for line in lines(ask(test_api))] == ["simulator"]
    assert lines(ask(globex_api)) == []


def test_the_scope_is_read(acme: TenantIdentity) -> None:
    assert ask(Api(make_key(acme, scopes=("send",)))).status == 403


@pytest.mark.parametrize(
    ("query", "pointer", "says"),
    [
        ({"by": "week"}, "/by", "Not one of hour, day."),
        ({"from": "yesterday"}, "/from", ""),
        ({"from": "2026-03-02T10:00:00"}, "/from", ""),
        ({"from": "2026-03-03T10:00:00Z"}, "/from", "in the past, and before `to`"),
        ({"from": "2026-03-02T10:00:00Z", "to": "2026-03-02T10:00:00Z"}, "/from", "before `to`"),
        ({"from": "2026-01-01T00:00:00Z"}, "/from", "at most 31 days are shown"),
        ({"from": "2025-02-01T00:00:00Z", "by": "day"}, "/from", "at most 366 days are shown"),
        ({"from": "2025-11-01T00:00:00Z"}, "/from", "kept since 2025-12-03T00:00:00Z. Ask by=day"),
        ({"to": "2025-11-01T00:00:00Z"}, "/to", "kept since 2025-12-03T00:00:00Z. Ask by=day"),
        ({"from": "2023-02-25T00:00:00Z", "by": "day"}, "/from", "kept since 2023-02-27"),
        ({"to": "2000-01-01T00:00:00Z", "by": "day"}, "/to", "kept since 2023-02-27"),
        ({"channel": "fax"}, "/channel", ""),
        ({"until": "2026-03-02T10:00:00Z"}, "/until", "Known here: by, from, to, channel"),
        ({"limit": "5"}, "/limit", "Known here"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_parameter_to_change(
    api: Api, query: dict[str, str], pointer: str, says: str
) -> None:
    answer = ask(api, **query)
    assert (answer.status, answer.pointers) == (400, [pointer])
    assert says in answer.body["errors"][0]["detail"]


def test_the_future_is_not_shown(api: Api) -> None:
    answer = ask(api, to="2027-12-31T23:59:59-14:00")
    assert (answer.status, answer.body["ends"]) == (200, "2026-03-02T11:00:00Z")


def test_how_long_hours_are_kept_is_a_setting(api: Api, settings: Any) -> None:
    settings.STATISTICS_HOURS_DAYS = 7
    assert ask(api, **{"from": "2026-02-23T00:00:00Z"}).pointers == ["/from"]
    assert ask(api, **{"from": "2026-02-24T00:00:00Z"}).status == 200
