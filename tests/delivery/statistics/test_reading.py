"""What the readers make of counts: for pages that show them."""

from datetime import UTC, datetime, timedelta

from delivery.statistics import reading
from delivery.statistics.figures import Count, Figures
from delivery.statistics.periods import Period, Step
from delivery.statistics.reading import Failures
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.statistics.test_counting import HOUR, make

LATER = HOUR + timedelta(hours=1)
COUNTS = [
    Count(LATER, "sms", "twilio", "sent", "", 3, 5),
    Count(HOUR, "email", "smtp", "dead", "unreachable", -1, 1),
    Count(HOUR, "email", "smtp", "bounced", "bad_address", -1, 4),
    Count(LATER, "email", "smtp", "bounced", "bad_address", -1, 2),
    Count(HOUR, "email", "", "queued", "", -1, 7),
    Count(HOUR, "email", "smtp", "queued", "busy", -1, 1),
]


def test_lines_stand_in_the_order_of_time() -> None:
    found = [(line.begins, line.channel, line.provider) for line in reading.lines(COUNTS)]
    assert found == [
        (HOUR, "email", ""),
        (HOUR, "email", "smtp"),
        (LATER, "email", "smtp"),
        (LATER, "sms", "twilio"),
    ]


def test_counts_are_summed_up_by_any_key() -> None:
    by_channel = reading.grouped(COUNTS, lambda count: count.channel)
    assert {channel: each.accepted for channel, each in by_channel.items()} == {
        "email": 15,
        "sms": 5,
    }
    assert Figures.of(COUNTS).accepted == 20


def test_failures_are_those_that_have_an_end_the_most_frequent_first() -> None:
    assert reading.failures(COUNTS) == [
        Failures(
            channel="email", provider="smtp", status="bounced", error_class="bad_address", count=6
        ),
        Failures(
            channel="email", provider="smtp", status="dead", error_class="unreachable", count=1
        ),
    ]


def test_a_period_has_its_beginning_and_not_its_end(acme: TenantIdentity) -> None:
    for hours in (0, 1, 2):
        make(acme, created_at=HOUR + timedelta(hours=hours))
    asked = Period(start=HOUR, end=HOUR + timedelta(hours=2), step=Step.HOUR)
    with in_tenant(acme):
        found = reading.counts("live", asked)
    assert sorted(count.begins for count in found) == [HOUR, LATER]


def test_days_are_summed_up_from_hours(acme: TenantIdentity) -> None:
    make(acme, created_at=HOUR)
    make(acme, created_at=LATER)
    day = datetime(2026, 3, 1, tzinfo=UTC)
    with in_tenant(acme):
        found = reading.counts("live", Period.last(1, Step.DAY, HOUR))
    assert found == [Count(day, "email", "", "queued", "", -1, 2)]
