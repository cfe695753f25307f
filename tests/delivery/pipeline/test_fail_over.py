"""Accounts that are down: the next one takes over at once, and with none nothing is lost."""

import time
from datetime import timedelta
from typing import Any

import pytest

from delivery.breaker import breakers
from delivery.errors import DeliveryError, ErrorClass
from delivery.models import Attempt
from delivery.pipeline.fail_over import Standing, next_step
from delivery.pipeline.stops import LOOK_SECONDS
from notifications.models import Delivery
from signalbus.bus.models import LinePause, OutboxEntry
from tenants.context import in_tenant
from tests.delivery.pipeline.kit import Fleet, Line, ask, settle
from tests.door import Api
from tests.make import make_account

pytestmark = pytest.mark.usefixtures("impatient_breakers")

LANES = {"email.high", "email.normal", "email.bulk"}
BUSY = DeliveryError(error_class=ErrorClass.BUSY, code="429")


def accept(api: Api, count: int, **more: Any) -> None:
    items = [
        {
            "channel": "email",
            "to": f"user{number}@example.org",
            "subject": "s",
            "text": "Hello",
            **more,
        }
        for number in range(count)
    ]
    assert api.post("/notifications/batch", {"items": items}).body["accepted"] == count


def make_two(line: Line, **fields: Any) -> None:
    make_account(line.tenant, name="first", **fields)
    make_account(line.tenant, name="second", position=1)


def deliver(line: Line, rounds: int = 20) -> None:
    """Publish and work as long as something is due."""
    worker = line.worker()
    for _ in range(rounds):
        if not line.publish():
            return
        settle(worker, 2000)
    raise AssertionError("There was always something due.")


def statuses(line: Line) -> list[str]:
    with in_tenant(line.tenant):
        return sorted(Delivery.objects.values_list("status", flat=True))


def break_down(account: Any) -> None:
    breakers().note([(account.id, True)] * 10)


# --- one after the other


def test_after_a_fault_the_next_account_takes_it_at_once(
    api: Api, fleet_line: Line, fleet: Fleet
) -> None:
    make_two(fleet_line)
    fleet.broken = {"first"}
    ask(api)
    fleet_line.deliver()
    entry = fleet_line.entry()
    assert entry is not None
    assert (entry.reason, entry.tries, entry.published) == ("failover", 1, False)
    fleet_line.deliver()
    assert fleet_line.delivery().status == "sent"
    assert [each.outcome for each in fleet_line.attempts()] == ["refused", "accepted"]
    assert (fleet.calls("first"), fleet.calls("second")) == (1, 1)


def test_it_keeps_its_place_in_the_line(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    make_two(fleet_line)
    fleet.broken = {"first"}
    ask(api)
    fleet_line.deliver()
    ask(api, to="later@example.org")
    first, later = OutboxEntry.objects.order_by("available_at")
    assert (first.reason, later.reason) == ("failover", "")


def test_where_all_have_failed_it_backs_off(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    make_two(fleet_line)
    fleet.broken = {"first", "second"}
    ask(api)
    deliver(fleet_line)
    entry = fleet_line.entry()
    assert entry is not None
    assert (entry.reason, entry.tries) == ("retry", 2)
    fleet_line.pass_time(100)
    fleet.broken = set()
    deliver(fleet_line)
    assert (fleet.calls("first"), fleet.calls("second")) == (2, 1)


def test_other_errors_do_not_change_the_account(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    make_two(fleet_line)
    ask(api)
    fleet_line.deliver()
    fleet["first"].answers["ana@example.org"] += [BUSY]
    ask(api)
    deliver(fleet_line)
    fleet_line.pass_time(100)
    deliver(fleet_line)
    assert (fleet.calls("first"), fleet.calls("second")) == (3, 0)


def test_the_timeline_shows_both_accounts(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    make_two(fleet_line)
    fleet.broken = {"first"}
    notification = ask(api)
    deliver(fleet_line)
    events = api.get(f"/notifications/{notification}").body["timeline"]
    assert [event["event"] for event in events] == ["accepted", "refused", "sent"]
    with in_tenant(fleet_line.tenant):
        accounts = Attempt.objects.order_by("number").values_list("account_id", flat=True)
        assert len(set(accounts)) == 2


# --- a first account that is down for all


def test_nearly_all_leave_by_the_second_and_weights_return(
    api: Api, fleet_line: Line, fleet: Fleet
) -> None:
    make_two(fleet_line)
    fleet.broken = {"first"}
    accept(api, 100)
    deliver(fleet_line)
    assert statuses(fleet_line) == ["sent"] * 100
    assert fleet.calls("first") <= 20
    assert fleet.calls("second") == 100
    fleet.broken = set()
    time.sleep(0.9)
    for _ in range(2):  # a few that try the first again, then all the others
        accept(api, 10)
        deliver(fleet_line)
    taken = fleet.calls("first")
    accept(api, 10)
    deliver(fleet_line)
    assert fleet.calls("first") == taken + 10


def test_equals_share_again_once_the_breaker_has_closed(
    api: Api, fleet_line: Line, fleet: Fleet
) -> None:
    account = make_account(fleet_line.tenant, name="first", weight=3)
    make_account(fleet_line.tenant, name="second", weight=1)
    break_down(account)
    accept(api, 10)
    deliver(fleet_line)
    assert (fleet.calls("first"), fleet.calls("second")) == (0, 10)
    breakers().reset(account.id)
    accept(api, 200)
    deliver(fleet_line)
    assert 120 < fleet.calls("first") < 180


# --- the only account


def test_an_outage_of_the_only_account_loses_nothing_and_costs_no_tries(
    api: Api, fleet_line: Line, fleet: Fleet
) -> None:
    make_account(fleet_line.tenant, name="only")
    fleet.broken = {"only"}
    accept(api, 60)
    until = time.monotonic() + 3
    worker = fleet_line.worker()
    while time.monotonic() < until:
        fleet_line.publish()
        settle(worker, 2000)
        time.sleep(0.05)
    waiting = list(OutboxEntry.objects.filter(stream="email.normal"))
    assert len(waiting) == 60
    assert sum(entry.tries for entry in waiting) <= 20, "those before the breaker had opened"
    assert max(entry.tries for entry in waiting) <= 1
    assert fleet.calls("only") < 40
    fleet.broken = set()
    until = time.monotonic() + 10
    while statuses(fleet_line) != ["sent"] * 60 and time.monotonic() < until:
        fleet_line.pass_time(5)
        fleet_line.publish()
        settle(worker, 2000)
        time.sleep(0.05)
    assert statuses(fleet_line) == ["sent"] * 60
    time.sleep(LOOK_SECONDS)
    worker.step()
    assert not LinePause.objects.exists()


def test_its_lines_stand_still_until_it_may_be_tried(
    api: Api, fleet_line: Line, fleet: Fleet
) -> None:
    account = make_account(fleet_line.tenant, name="only")
    ask(api)
    fleet_line.publish()
    break_down(account)
    settle(fleet_line.worker())
    pauses = LinePause.objects.in_force()
    assert {pause.stream for pause in pauses} == LANES
    assert {(pause.reason, pause.note) for pause in pauses} == {
        ("breaker", "Failed too often: only")
    }
    entry = fleet_line.entry()
    assert entry is not None
    assert (entry.reason, entry.tries, entry.published) == ("breaker", 0, False)
    assert (fleet.calls("only"), fleet_line.attempts()) == (0, [])


def test_a_held_delivery_says_why(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    account = make_account(fleet_line.tenant, name="only")
    notification = ask(api)
    fleet_line.publish()
    break_down(account)
    settle(fleet_line.worker())
    events = api.get(f"/notifications/{notification}").body["timeline"]
    assert (events[-1]["event"], events[-1]["code"]) == ("held", "breaker")


def test_its_lines_go_on_as_soon_as_it_is_well(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    account = make_account(fleet_line.tenant, name="only")
    worker = fleet_line.worker()
    ask(api)
    fleet_line.publish()
    break_down(account)
    settle(worker)
    breakers().reset(account.id)
    time.sleep(LOOK_SECONDS)
    worker.step()
    assert not LinePause.objects.exists()


def test_one_tenants_outage_stops_no_other(
    api: Api, globex_api: Api, fleet_line: Line, fleet: Fleet, globex: Any
) -> None:
    account = make_account(fleet_line.tenant, name="acmes")
    make_account(globex, name="globexs")
    ask(api)
    ask(globex_api, to="g@example.org")
    fleet_line.publish()
    break_down(account)
    settle(fleet_line.worker())
    assert (fleet.calls("acmes"), fleet.calls("globexs")) == (0, 1)
    assert {pause.tenant_id for pause in LinePause.objects.all()} == {fleet_line.tenant.id}


def test_test_mode_has_no_breaker(test_api: Api, fleet_line: Line, fleet: Fleet) -> None:
    fleet.broken = {"simulator"}
    accept(test_api, 30)
    fleet_line.publish()
    settle(fleet_line.worker(), 2000)
    assert fleet.calls("simulator") == 30
    assert not LinePause.objects.exists()


# --- the rule


def test_a_round_ends_when_each_account_has_had_its_turn() -> None:
    three = Standing(choices=3, others=2)
    first = next_step("", three, lambda: 0.0)
    assert first is not None
    second = next_step(first.reason, three, lambda: 0.0)
    assert second is not None
    assert (first.reason, second.reason) == ("failover", "failover-2")
    assert next_step(second.reason, three, lambda: 0.0) is None


def test_a_wait_for_a_breaker_counts_no_try() -> None:
    step = next_step("", Standing(is_open=True, opens_in=timedelta(seconds=4)), lambda: 0.5)
    assert step is not None
    assert (step.reason, step.delay, step.counts) == ("breaker", timedelta(seconds=4.5), False)
    assert next_step("", Standing(), lambda: 0.0) is None


def test_a_fault_that_met_an_open_breaker_counts_no_try() -> None:
    step = next_step("", Standing(choices=2, others=1, is_open=True), lambda: 0.0)
    assert step is not None
    assert (step.reason, step.counts) == ("failover", False)
