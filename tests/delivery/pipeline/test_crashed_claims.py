"""Expired claims whose handling raises: tried again, and given up in the end, as unknown."""

from typing import Any
from uuid import UUID

import pytest

from delivery.pipeline import doubts, recorder
from delivery.redrive import redrive
from tenants.context import in_tenant
from tests.delivery.pipeline.kit import Line, ask, settle, until
from tests.door import Api

EMAIL = "ana@example.org"


def raises(*given: Any, **named: Any) -> Any:
    raise ZeroDivisionError("a bug \ud83d")


def claim_and_die(line: Line) -> None:
    """A worker calls the provider, and nothing is heard of it again."""
    line.publish()
    line.provider.gate.clear()
    worker = line.worker()
    until(lambda: line.provider.sent, worker)
    line.provider.gate.set()


def meet_it_again(line: Line) -> None:
    """Its claim, or the pause after a crash, is over."""
    line.pass_time(1000)
    line.publish()
    settle(line.worker())


def crashes(line: Line) -> int:
    """How often it has crashed, while its call is not forgotten."""
    entry = line.entry()
    assert entry is not None
    assert (entry.claim, entry.reason) != (None, "crashed")
    return int(entry.crashes)


def test_it_is_given_up_the_third_time(
    api: Api, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    notification = ask(api)
    claim_and_die(line)
    monkeypatch.setattr(doubts, "expired", raises)
    counts = []
    for _ in range(2):
        meet_it_again(line)
        counts.append(crashes(line))
    meet_it_again(line)
    delivery, (attempt,) = line.delivery(), line.attempts()
    assert counts == [1, 2]
    assert (delivery.status, delivery.error_class, delivery.attempts) == ("unknown", "crashed", 1)
    assert "ZeroDivisionError: a bug ?" in delivery.detail
    assert (attempt.outcome, attempt.code, attempt.number) == ("unknown", "crashed", 1)
    assert attempt.account_id is not None
    assert (line.entry(), line.notification().status) == (None, "unknown")
    assert api.get(f"/notifications/{notification}").status == 200


def test_it_goes_on_where_it_raises_no_more(
    api: Api, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(api)
    claim_and_die(line)
    with monkeypatch.context() as broken:
        broken.setattr(doubts, "expired", raises)
        meet_it_again(line)
    meet_it_again(line)
    assert [each.code for each in line.attempts()] == ["claim-expired"]
    meet_it_again(line)
    assert line.delivery().status == "sent"
    assert line.provider.sent[-1].possibly_repeated


def test_it_harms_no_other(api: Api, line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(api)
    claim_and_die(line)
    monkeypatch.setattr(doubts, "expired", raises)
    good = ask(api, to="good@example.org")
    meet_it_again(line)
    assert line.delivery(good).status == "sent"


def test_what_cannot_be_written_down_is_given_up_too(
    api: Api, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(api)
    with monkeypatch.context() as broken:
        broken.setattr(recorder, "record", raises)
        line.deliver()
        assert crashes(line) == 1
        for _ in range(2):
            meet_it_again(line)
    delivery, (attempt,) = line.delivery(), line.attempts()
    assert (delivery.status, attempt.outcome, line.entry()) == ("unknown", "unknown", None)
    assert len(line.provider.sent) == 1


def test_a_redrive_says_that_it_may_be_repeated(
    api: Api, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    notification = ask(api)
    claim_and_die(line)
    with monkeypatch.context() as broken:
        broken.setattr(doubts, "expired", raises)
        for _ in range(3):
            meet_it_again(line)
    with in_tenant(line.tenant):
        redrive("live", [UUID(notification)], "olga")
    line.deliver()
    assert line.delivery().status == "sent"
    assert line.provider.sent[-1].possibly_repeated


def test_a_question_that_raises_is_given_up(
    api: Api, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(api, to="+33612345678")
    line.publish()
    line.provider.gate.clear()
    worker = line.worker("sms")
    until(lambda: line.provider.sent, worker)
    line.provider.gate.set()
    line.pass_time(1000)
    line.deliver("sms")  # parked to be asked about
    line.pass_time(1000)
    with monkeypatch.context() as broken:
        broken.setattr(recorder, "record", raises)
        line.deliver("sms")
        for _ in range(2):
            line.pass_time(1000)
            line.deliver("sms")
    assert (line.delivery().status, line.entry()) == ("unknown", None)
    assert [each.code for each in line.attempts()] == ["claim-expired"]
