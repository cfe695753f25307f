"""A flood of deaths for our own fault stops the line instead of emptying it into the list."""

from collections.abc import Iterator
from typing import Any

import pytest

from delivery.errors import DeliveryError, ErrorClass
from delivery.pipeline import flooding, turn
from delivery.pipeline.flood import LEAST, Ends, Toll, is_ours
from delivery.pipeline.gate import GivenUp, Skipped
from notifications.models import Delivery, Notice
from notifications.states import Skip, Status
from signalbus.bus.models import LinePause, OutboxEntry
from tenants.context import in_tenant
from tests.delivery.pipeline.kit import Line, ask
from tests.door import Api

LAST_TRY = 100  # more than any rule allows
MANY = 70
OURS = DeliveryError(error_class=ErrorClass.OUR_ACCOUNT, code="535", detail="Wrong password")


@pytest.fixture(autouse=True)
def _counted_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(flooding, "_ends", Ends())
    return


def test_only_many_ends_make_a_flood():
    assert Toll(ended=LEAST, ours=11).is_flood(20)
    assert not Toll(ended=LEAST, ours=10).is_flood(20)
    assert not Toll(ended=LEAST - 1, ours=LEAST - 1).is_flood(20)


def test_a_minute_slides_and_lines_keep_apart():
    ends = Ends()
    for second in range(120):
        ends.note("a", second, ours=second < 60)
        ends.note("b", second, ours=True)
    assert ends.toll("a", 119, doomed=0) == Toll(ended=60, ours=0)
    assert ends.toll("a", 119.9, doomed=5) == Toll(ended=65, ours=5)
    assert ends.toll("b", 149, doomed=0) == Toll(ended=30, ours=30)
    assert ends.toll("b", 1000, doomed=0) == Toll(ended=0, ours=0)
    ends.note("a", 1000, ours=True)
    ends.forget("a")
    assert ends.toll("a", 1000, doomed=0) == Toll(ended=0, ours=0)


@pytest.mark.parametrize("error_class", list(ErrorClass))
def test_whose_fault_it_is(error_class: ErrorClass):
    ours = error_class in (ErrorClass.OUR_ACCOUNT, ErrorClass.CRASHED)
    error = DeliveryError(error_class=error_class)
    assert is_ours(Status.DEAD, error) is ours
    assert is_ours(Status.DEAD, GivenUp(error_class=error_class, detail="")) is ours
    assert not is_ours(Status.UNKNOWN, error)
    assert not is_ours(Status.DEAD, None)
    assert not is_ours(Status.SKIPPED, Skipped(reason=Skip.EXPIRED))


def doom(api: Api, line: Line, number: int = MANY) -> None:
    """So many that stand before their last try, which fails for our own fault."""
    for each in range(number):
        ask(api, f"user{each}@example.org")
        line.provider.answers[f"user{each}@example.org"].append(OURS)
    OutboxEntry.objects.update(tries=LAST_TRY)


def statuses(tenant: Any) -> dict[str, int]:
    with in_tenant(tenant):
        found = list(Delivery.objects.values_list("status", flat=True))
    return {status: found.count(status) for status in set(found)}


def test_the_line_stops_and_the_others_wait(api: Api, line: Line, acme: Any):
    doom(api, line)
    line.deliver()
    counts = statuses(acme)
    dead = counts.get("dead", 0)  # as many as were recorded before there were enough
    assert dead < LEAST
    assert counts["queued"] == MANY - dead
    assert len(line.letters()) == dead
    pause = LinePause.objects.get(reason="flood")
    assert (pause.stream, pause.tenant_id, pause.until) == ("email.normal", acme.id, None)
    with in_tenant(acme):
        notice = Notice.objects.get(lifted_at=None)
    assert (notice.kind, notice.subject, notice.severity) == ("flood", "email.normal", "stopped")
    held = OutboxEntry.objects.filter(reason="flood")
    assert set(held.values_list("tries", flat=True)) == {LAST_TRY}
    assert line.publish() == []


def test_what_was_lifted_goes_on(api: Api, globex_api: Api, line: Line, acme: Any):
    doom(api, line)
    line.deliver()
    dead = statuses(acme).get("dead", 0)
    (notice,) = api.get("/notices").body["results"]
    path = f"/notices/{notice['id']}/lift"
    assert globex_api.post(path).status == 404
    assert LinePause.objects.filter(reason="flood").exists()
    assert api.post(path).status == 200
    assert not LinePause.objects.filter(reason="flood").exists()
    line.provider.answers.clear()
    line.deliver()
    assert {"dead": dead, **statuses(acme)} == {"dead": dead, "sent": MANY - dead}


def test_while_it_stands_nothing_else_dies_in_any_process(api: Api, line: Line, acme: Any):
    doom(api, line, 5)
    line.publish()
    LinePause.objects.create(stream="email.normal", tenant_id=acme.id, reason="flood")
    worker = line.worker()
    items: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:  # the gate has looked before the pause came
        patch.setattr(turn.outbox, "pauses", lambda _: set(), raising=False)
        while not worker.is_idle or not items:
            items.append(worker.step())
    assert statuses(acme) == {"queued": 5}


def test_other_faults_are_no_flood(api: Api, line: Line, acme: Any):
    for number in range(MANY):
        ask(api, f"user{number}@example.org")
        error = DeliveryError(error_class=ErrorClass.CONTENT_REFUSED, code="550")
        line.provider.answers[f"user{number}@example.org"].append(error)
    line.deliver()
    assert statuses(acme) == {"failed": MANY}
    assert not LinePause.objects.filter(reason="flood").exists()


def test_crashes_are_a_flood_too(api: Api, line: Line, acme: Any, monkeypatch: pytest.MonkeyPatch):
    for number in range(MANY):
        ask(api, f"user{number}@example.org")
    OutboxEntry.objects.update(crashes=2)

    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("a bug")

    monkeypatch.setattr(turn, "gate", broken)
    line.deliver()
    counts = statuses(acme)
    assert 0 < counts["dead"] < LEAST
    assert counts["queued"] == MANY - counts["dead"]
    assert LinePause.objects.filter(reason="flood").exists()


def test_of_few_all_may_die(api: Api, line: Line, acme: Any):
    doom(api, line, LEAST - 1)
    line.deliver()
    assert statuses(acme) == {"dead": LEAST - 1}
