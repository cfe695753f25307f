"""Limits of accounts: each message gets its own moment, waits once, and nobody's line churns."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from delivery.pipeline.pacing_rule import MISSED, has_its_moment
from signalbus.bus.models import LinePause, OutboxEntry
from signalbus.core import limiter
from tests.bus.line import database_now, seconds_from_now
from tests.core.away import refusing_server
from tests.delivery.pipeline.facts import NOW, make_facts
from tests.delivery.pipeline.kit import Fleet, Line, ask, settle
from tests.delivery.pipeline.test_fail_over import accept
from tests.delivery.pipeline.test_pure import make_account as account_value
from tests.door import Api
from tests.make import make_account


@pytest.fixture
def booked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many messages each call of the limiter was about."""
    calls: list[int] = []
    reserve = limiter.reserve

    def counted(wanted: Any) -> Any:
        calls.append(len(wanted))
        return reserve(wanted)

    monkeypatch.setattr(limiter, "reserve", counted)
    return calls


def waits() -> list[float]:
    """In how many seconds each entry that waits for a limit is due, the first in front."""
    entries = OutboxEntry.objects.filter(reason="limit").order_by("available_at")
    return [seconds_from_now(entry.available_at) for entry in entries]


def work(line: Line) -> None:
    """With so many places that an account of which nothing is known gets enough of them."""
    line.publish()
    settle(line.worker(max_in_flight=64), 2000)


def test_each_message_has_its_own_moment(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    make_account(fleet_line.tenant, name="slow", per_second=2)
    accept(api, 5)
    work(fleet_line)
    assert fleet.calls("slow") == 1
    moments = waits()
    gaps = [after - before for before, after in pairwise(moments)]
    assert gaps == pytest.approx([0.5, 0.5, 0.5], abs=0.1)
    assert OutboxEntry.objects.filter(reserved_account=None).count() == 0


def test_a_burst_goes_at_once(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    make_account(fleet_line.tenant, name="slow", per_second=1, burst=3)
    accept(api, 5)
    work(fleet_line)
    assert (fleet.calls("slow"), len(waits())) == (3, 2)


def test_a_moment_is_booked_once(
    api: Api, fleet_line: Line, fleet: Fleet, booked: list[int]
) -> None:
    make_account(fleet_line.tenant, name="slow", per_second=2)
    accept(api, 3)
    work(fleet_line)
    fleet_line.pass_time(2)
    work(fleet_line)
    assert fleet.calls("slow") == 3
    assert booked == [3]
    assert all(attempt.number == 1 for attempt in fleet_line.attempts()), "a wait is no attempt"


def test_a_moment_that_was_missed_for_long_is_booked_anew(
    api: Api, fleet_line: Line, fleet: Fleet, booked: list[int]
) -> None:
    make_account(fleet_line.tenant, name="slow", per_second=2)
    accept(api, 5)
    work(fleet_line)
    fleet_line.pass_time(60)
    work(fleet_line)
    assert booked == [5, 4]
    assert fleet.calls("slow") < 5, "what a pause has held back does not go all at once"


def test_beyond_the_horizon_the_line_waits_and_places_are_kept(
    api: Api, fleet_line: Line, fleet: Fleet
) -> None:
    make_account(fleet_line.tenant, name="slow", per_second=2)
    accept(api, 20)
    work(fleet_line)
    moments = [left for left in waits() if left > 0]
    assert len(moments) == 8, "four seconds of the normal lane, two in each"
    kept = OutboxEntry.objects.filter(reserved_account=None, reason="limit")
    assert kept.count() == 11
    assert max(entry.available_at for entry in kept) <= database_now()
    pause = LinePause.objects.get()
    assert (pause.stream, pause.reason, pause.note) == (
        "email.normal",
        "limit",
        "The limit of slow",
    )
    assert 1 < seconds_from_now(pause.until) <= 2


def test_those_with_a_moment_go_on_while_their_line_waits(
    api: Api, fleet_line: Line, fleet: Fleet
) -> None:
    make_account(fleet_line.tenant, name="slow", per_second=2)
    accept(api, 20)
    work(fleet_line)
    fleet_line.pass_time(0.6)
    work(fleet_line)
    assert fleet.calls("slow") == 2


def test_bulk_is_booked_less_far_ahead_and_comes_behind(
    api: Api, fleet_line: Line, fleet: Fleet
) -> None:
    make_account(fleet_line.tenant, name="slow", per_second=2)
    accept(api, 10, priority="bulk")
    ask(api, to="code@example.org", priority="high")
    work(fleet_line)
    assert [message.to for message in fleet["slow"].sent] == ["code@example.org"]
    bulk = OutboxEntry.objects.filter(stream="email.bulk").exclude(reserved_account=None)
    assert bulk.count() == 4


def test_one_domains_limit_holds_up_no_other(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    make_account(fleet_line.tenant, name="mail", domain_per_second=1)
    accept(api, 20)
    ask(api, to="a@other.example")
    work(fleet_line)
    assert min(message.to for message in fleet["mail"].sent) == "a@other.example"
    assert fleet.calls("mail") == 2
    assert not LinePause.objects.exists()
    queued = OutboxEntry.objects.filter(reason="limit", reserved_account=None)
    ahead = sorted(seconds_from_now(entry.available_at) for entry in queued)
    assert ahead[0] > 3
    assert ahead[-1] > 15, "they queue by the limit's pace instead of coming back all at once"


def test_with_another_account_at_hand_the_line_does_not_wait(
    api: Api, fleet_line: Line, fleet: Fleet
) -> None:
    make_account(fleet_line.tenant, name="slow", per_second=1)
    make_account(fleet_line.tenant, name="other")
    accept(api, 40)
    work(fleet_line)
    assert fleet.calls("other") > 8
    assert not LinePause.objects.exists()


def test_two_workers_share_a_limit(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    make_account(fleet_line.tenant, name="slow", per_second=2)
    accept(api, 3)
    work(fleet_line)
    ask(api, to="another@example.org")
    work(fleet_line)
    assert fleet.calls("slow") == 1
    assert waits() == pytest.approx([0.5, 1.0, 1.5], abs=0.4)


def test_without_redis_each_process_keeps_the_limits(
    api: Api, fleet_line: Line, fleet: Fleet, settings: Any
) -> None:
    settings.REDIS_URL = refusing_server()
    make_account(fleet_line.tenant, name="slow", per_second=2)
    accept(api, 3)
    work(fleet_line)
    assert (fleet.calls("slow"), len(waits())) == (1, 2)


def test_without_limits_nothing_is_asked(
    api: Api, fleet_line: Line, fleet: Fleet, booked: list[int]
) -> None:
    make_account(fleet_line.tenant, name="free")
    accept(api, 3)
    work(fleet_line)
    assert (fleet.calls("free"), booked) == (3, [])


def test_whose_moment_it_is() -> None:
    account = account_value()
    given = {"reserved_account": account.id, "reserved_at": NOW - timedelta(seconds=1)}
    assert has_its_moment(make_facts(**given), account)
    assert not has_its_moment(make_facts(**given), account_value())
    assert not has_its_moment(make_facts(**{**given, "reserved_at": NOW - 2 * MISSED}), account)
    assert not has_its_moment(
        make_facts(**{**given, "reserved_at": NOW + timedelta(seconds=1)}), account
    )
