"""What a provider or its driver answers harms nothing but its own delivery."""

from collections.abc import Sequence
from typing import Any

import pytest

from delivery.errors import DeliveryError, ErrorClass
from delivery.pipeline import dispatcher, recorder
from delivery.pipeline.items import Finished
from delivery.pipeline.record import Recorded, record
from delivery.providers.base import Accepted, Message, Outcome
from tests.delivery.pipeline.kit import Line, ask, settle
from tests.door import Api

BAD, GOOD, PHONE = "bad@example.org", "good@example.org", "+33612345678"
HALF = "refused: Hi \ud83d"  # of an emoji, as "\ud83d" in a gateway's JSON gives it
REFUSED = DeliveryError(error_class=ErrorClass.CONTENT_REFUSED, code="554", detail=HALF)
UNKNOWN = DeliveryError(error_class=ErrorClass.UNKNOWN_OUTCOME, code="timeout")


@pytest.mark.parametrize(
    ("answer", "status", "detail", "reference"),
    [
        (REFUSED, "failed", "refused: Hi ?", ""),
        (Accepted(reference=HALF), "sent", "", "refused: Hi ?"),
    ],
    ids=["refused", "accepted"],
)
def test_half_a_character_in_an_answer(
    api: Api, line: Line, answer: Outcome, status: str, detail: str, reference: str
) -> None:
    line.provider.answers[BAD] += [answer]
    bad, good = ask(api, to=BAD), ask(api, to=GOOD)
    line.deliver()
    delivery = line.delivery(bad)
    assert (delivery.status, delivery.detail, delivery.reference) == (status, detail, reference)
    assert line.delivery(good).status == "sent"


def test_half_a_character_that_a_driver_of_its_own_kind_lets_through(
    api: Api, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line.provider, "_call", lambda messages: [REFUSED for _ in messages])
    bad = ask(api, to=BAD)
    line.deliver()
    delivery = line.delivery(bad)
    assert (delivery.status, delivery.error_code, delivery.detail) == ("failed", "", "")


def test_an_outcome_that_cannot_be_judged_harms_no_other(
    api: Api, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    def raises(finished: Sequence[Finished], *given: Any) -> Recorded:
        if any(each.call.item.facts.address == BAD for each in finished):
            raise ZeroDivisionError("a bug")
        return record(finished, *given)

    bad, good = ask(api, to=BAD), ask(api, to=GOOD)
    with monkeypatch.context() as broken:
        broken.setattr(recorder, "record", raises)
        line.deliver()
    assert line.delivery(good).status == "sent"
    line.pass_time(1000)
    line.deliver()
    attempts = {each.delivery_id: each.outcome for each in line.attempts()}
    assert attempts[line.delivery(bad).id] == "unknown", "its claim has expired"


def raises(messages: Sequence[Message]) -> list[Outcome]:
    raise ZeroDivisionError("a bug")


@pytest.mark.parametrize("send", [lambda messages: [], raises], ids=["too few", "raised"])
@pytest.mark.parametrize("method", ["send_many", "send"])
def test_a_driver_that_does_not_say_what_came_of_it(
    api: Api, line: Line, monkeypatch: pytest.MonkeyPatch, method: str, send: Any
) -> None:
    ask(api)
    worker = line.worker(max_in_flight=2)
    with monkeypatch.context() as broken:
        broken.setattr(line.provider, method, send)
        line.publish()
        settle(worker)
    (attempt,), entry = line.attempts(), line.entry()
    assert attempt.outcome == "unknown"
    assert entry is not None
    assert (entry.claim, entry.reason) == (None, "retry")
    assert worker._dispatcher.busy == 0
    assert all(thread.is_alive() for thread in worker._dispatcher._threads)
    line.pass_time(60)
    line.publish()
    settle(worker)
    assert line.delivery().status == "sent"
    assert line.provider.sent[-1].possibly_repeated


def test_a_question_that_nobody_answers(
    api: Api, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.provider.answers[PHONE] += [UNKNOWN]
    ask(api, to=PHONE)
    line.deliver("sms")
    line.pass_time(60)
    with monkeypatch.context() as broken:
        broken.setattr(dispatcher, "_asked", lambda provider, calls: ())
        line.deliver("sms")
    entry = line.entry()
    assert entry is not None
    assert (entry.purpose, entry.claim) == ("reconcile", None)
    assert [each.outcome for each in line.attempts()] == ["unknown"]
