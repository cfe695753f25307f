"""The simulator: every outcome of its table, its journal, and its pauses."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers import registry
from delivery.providers.account import SIMULATOR
from delivery.providers.base import Accepted, Outcome
from delivery.receipts.events import EventKind
from tests.contracts.make import make_account, make_message

DELIVERED = (EventKind.DELIVERED,)


def answer(to: str, number: int = 1, **fields: Any) -> Outcome:
    channel = "email" if "@" in to else "sms"
    message = make_message(to=to, channel=channel, number=number, **fields)
    (outcome,) = registry.driver(SIMULATOR).send([message])
    return outcome


@pytest.mark.parametrize(
    ("to", "kinds"),
    [
        ("delivered@example.org", DELIVERED),
        ("anybody@example.org", DELIVERED),
        ("bounced@example.org", (EventKind.BOUNCED,)),
        ("bounced+anything@example.org", (EventKind.BOUNCED,)),
        ("Bounced@example.org", (EventKind.BOUNCED,)),
        ("complained@example.org", (EventKind.DELIVERED, EventKind.COMPLAINED)),
        ("+33612345678", DELIVERED),
    ],
)
def test_accepted_with_receipts(to: str, kinds: tuple[EventKind, ...]):
    outcome = answer(to)
    assert isinstance(outcome, Accepted)
    assert outcome.sandbox
    assert outcome.reference
    assert tuple(event.kind for event in outcome.receipts) == kinds
    assert len({event.event_id for event in outcome.receipts}) == len(kinds)


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("invalid@example.org", ErrorClass.BAD_ADDRESS),
        ("+33612340001", ErrorClass.BAD_ADDRESS),
        ("+33612340010", ErrorClass.OPTED_OUT),
        ("down@example.org", ErrorClass.PROVIDER_DOWN),
        ("+33612340021", ErrorClass.PROVIDER_DOWN),
        ("timeout@example.org", ErrorClass.UNKNOWN_OUTCOME),
        ("timeout+again@example.org", ErrorClass.UNKNOWN_OUTCOME),
        ("+33612340031", ErrorClass.UNKNOWN_OUTCOME),
    ],
)
@pytest.mark.parametrize("number", [1, 2, 9])
def test_always_refused(to: str, expected: ErrorClass, number: int):
    outcome = answer(to, number)
    assert isinstance(outcome, DeliveryError)
    assert outcome.error_class is expected
    assert outcome.detail


@pytest.mark.parametrize("to", ["flaky@example.org", "+33612340020"])
def test_flaky_works_the_third_time(to: str):
    errors = [answer(to, 1), answer(to, 2)]
    assert all(isinstance(error, DeliveryError) and error.rule.retry for error in errors)
    assert isinstance(answer(to, 3), Accepted)


@pytest.mark.parametrize("to", ["throttled@example.org", "+33612340029"])
def test_throttled_asks_to_wait_once(to: str):
    error = answer(to, 1)
    assert isinstance(error, DeliveryError)
    assert error.error_class is ErrorClass.BUSY
    assert error.retry_after == timedelta(seconds=2)
    assert isinstance(answer(to, 2), Accepted)


def test_slow_takes_three_seconds(monkeypatch: pytest.MonkeyPatch):
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    assert isinstance(answer("slow@example.org"), Accepted)
    assert isinstance(answer("+33612340030"), Accepted)
    assert pauses == [3.0, 3.0]


def test_slow_ones_go_alone():
    messages = [make_message(to=f"{name}@example.org") for name in ("ana", "slow", "bob", "slow+2")]
    groups = registry.driver(SIMULATOR).calls(messages)
    assert [[message.to[:3] for message in group] for group in groups] == [
        ["ana", "bob"],
        ["slo"],
        ["slo"],
    ]


def test_what_is_unknown_is_found_by_nobody():
    driver = registry.driver(SIMULATOR)
    assert driver.reconciles
    assert driver.reconcile(make_message(to="+33612340031", channel="sms")) is None


def test_latency_is_spent_together():
    driver = registry.driver(make_account("simulator", options={"latency_ms": 50}))
    started = time.perf_counter()
    outcomes = driver.send([make_message() for _ in range(200)])
    assert len(outcomes) == 200
    assert 0.05 <= time.perf_counter() - started < 0.5


def test_the_asked_share_fails():
    driver = registry.driver(make_account("simulator", options={"fail_ratio": 0.25}))
    outcomes = driver.send([make_message() for _ in range(2000)])
    failed = sum(isinstance(outcome, DeliveryError) for outcome in outcomes)
    assert 400 < failed < 600


@pytest.fixture
def journal(tmp_path: Path, settings: Any) -> Path:
    settings.SIMULATOR_JOURNAL = str(tmp_path / "journal.jsonl")
    return tmp_path / "journal.jsonl"


def lines(journal: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in journal.read_text().splitlines()]


def test_the_journal_has_a_line_for_each_call(journal: Path):
    message = make_message(possibly_repeated=True, number=2, key="k-1")
    registry.driver(SIMULATOR).send([message])
    (line,) = lines(journal)
    assert line["attempt"] == str(message.attempt)
    assert line["delivery"] == str(message.delivery)
    assert (line["key"], line["number"], line["possibly_repeated"]) == ("k-1", 2, True)
    assert line["outcome"] == "accepted"
    assert line["time"] == pytest.approx(time.time(), abs=5)
    assert message.to not in journal.read_text()


def test_the_journal_is_written_before_the_answer(journal: Path, monkeypatch: pytest.MonkeyPatch):
    seen: list[int] = []
    monkeypatch.setattr(time, "sleep", lambda _seconds: seen.append(len(lines(journal))))
    answer("slow@example.org")
    assert seen == [1]


def test_refusals_are_marked_in_the_journal(journal: Path):
    answer("invalid@example.org")
    answer("timeout@example.org")
    assert [line["outcome"] for line in lines(journal)] == ["refused", "unknown"]


def test_threads_never_tear_each_others_lines(journal: Path):
    driver = registry.driver(SIMULATOR)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: driver.send([make_message() for _ in range(20)]), range(40)))
    assert len({line["attempt"] for line in lines(journal)}) == 800
