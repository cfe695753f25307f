"""Calls that never return: their deliveries go on, and so do those of others."""

from collections.abc import Iterator
from typing import Any

import pytest

from delivery.pipeline import worker as worker_module
from delivery.pipeline.worker import Worker
from delivery.providers.base import Accepted
from tests.delivery.pipeline.kit import Line, ask, settle, until
from tests.door import Api


@pytest.fixture
def hanging(line: Line, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """Every call hangs until the test is over, and is known to after no time at all."""
    monkeypatch.setattr(worker_module, "HANGS_AFTER", 0)
    line.provider.gate.clear()
    yield line
    line.provider.gate.set()


def begin(line: Line, **more: Any) -> Worker:
    line.publish()
    worker = line.worker(**more)
    until(lambda: line.provider.sent, worker)
    return worker


def prolong(worker: Worker) -> None:
    """The moment at which claims are prolonged."""
    worker._prolong_at = 0.0
    worker.step()


def test_its_claim_is_not_prolonged_and_its_outcome_unknown(api: Api, hanging: Line) -> None:
    ask(api)
    worker = begin(hanging)
    before = hanging.entry()
    prolong(worker)
    after = hanging.entry()
    assert before is not None
    assert after is not None
    assert (after.claim, after.available_at) == (before.claim, before.available_at)
    hanging.pass_time(1000)
    hanging.publish()
    until(lambda: hanging.attempts(), worker)
    (attempt,) = hanging.attempts()
    assert (attempt.outcome, attempt.code) == ("unknown", "claim-expired")
    entry = hanging.entry()
    assert entry is not None
    assert (entry.claim, entry.reason) == (None, "retry")


def test_a_call_that_does_not_hang_is_prolonged(api: Api, line: Line) -> None:
    ask(api)
    line.provider.gate.clear()
    worker = begin(line)
    before = line.entry()
    prolong(worker)
    after = line.entry()
    line.provider.gate.set()
    settle(worker)
    assert before is not None
    assert after is not None
    assert after.available_at > before.available_at
    assert line.delivery().status == "sent"


def test_what_it_brings_after_all_is_recorded(api: Api, hanging: Line) -> None:
    ask(api)
    worker = begin(hanging)
    prolong(worker)
    hanging.provider.gate.set()
    settle(worker)
    until(lambda: hanging.delivery().status == "sent", worker)
    (attempt,) = hanging.attempts()
    assert attempt.outcome == "accepted"
    assert hanging.entry() is None


def test_its_place_goes_to_others(api: Api, hanging: Line, monkeypatch: Any) -> None:
    monkeypatch.setattr(type(hanging.provider), "max_batch", 1)
    for number in range(2):
        ask(api, to=f"user{number}@example.org")
    worker = begin(hanging, max_in_flight=2)
    until(lambda: worker._dispatcher.busy, worker)
    prolong(worker)
    calls = len(hanging.provider.sent)
    monkeypatch.setattr(worker_module, "HANGS_AFTER", 4)
    monkeypatch.setattr(
        type(hanging.provider), "send_one", lambda self, message: Accepted(reference="quick")
    )
    other = ask(api, to="other@example.org")
    hanging.publish()
    until(lambda: hanging.delivery(other).status == "sent", worker)
    assert calls
    assert len(hanging.provider.sent) == calls, "those that hang still do"


def test_its_recipient_does_not_wait_for_it(api: Api, hanging: Line, monkeypatch: Any) -> None:
    """Of one recipient one is in flight at a time; a call that hangs is nobody's any more."""
    first = ask(api)
    worker = begin(hanging)
    second = ask(api)
    hanging.publish()
    worker.step()
    assert hanging.delivery(second).status == "queued"
    prolong(worker)
    monkeypatch.setattr(
        type(hanging.provider), "send_one", lambda self, message: Accepted(reference="quick")
    )
    until(lambda: hanging.delivery(second).status == "sent", worker)
    assert hanging.delivery(first).status == "queued"


def test_there_is_an_end_to_the_threads_that_are_lost(
    api: Api, hanging: Line, monkeypatch: Any
) -> None:
    monkeypatch.setattr(type(hanging.provider), "max_batch", 1)
    for number in range(12):
        ask(api, to=f"user{number}@example.org")
    worker = begin(hanging, max_in_flight=2)
    for _ in range(30):
        prolong(worker)
    dispatcher = worker._dispatcher
    assert len(dispatcher._written_off) == 2
    assert len(dispatcher._threads) <= 4


def test_it_is_told(api: Api, hanging: Line, capfd: pytest.CaptureFixture[str]) -> None:
    ask(api)
    prolong(begin(hanging))
    told = capfd.readouterr().err
    assert '"event":"worker.calls_hang"' in told
    assert '"places_back":1' in told
