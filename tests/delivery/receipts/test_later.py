"""What is matched a moment after a receipt, by one thread for all tenants."""

import threading
from collections.abc import Iterator
from datetime import datetime

import pytest

from delivery.receipts import later as conftests
from delivery.receipts import matching
from tests.delivery.receipts.waiting import wait_until

soon = conftests.soon  # before the fixture of all tests takes its place


@pytest.fixture
def matched(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The schemas matched, in order; those called `broken…` cannot be."""
    asked: list[str] = []

    def match(schema: str, _now: datetime) -> int:
        asked.append(schema)
        if schema.startswith("broken"):
            raise ZeroDivisionError
        return 0

    monkeypatch.setattr(matching, "match", match)
    monkeypatch.setattr(conftests, "PAUSES", (0.05, 0.1))
    yield asked
    wait_until(lambda: not conftests._turns)


def of_this() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "receipts-later"]


def test_after_each_of_the_pauses(matched: list[str]) -> None:
    soon("one")
    wait_until(lambda: not of_this())
    assert matched == ["one", "one"]


def test_one_thread_does_it_for_all(matched: list[str]) -> None:
    for number in range(20):
        soon(f"{number}")
    assert len(of_this()) == 1
    wait_until(lambda: not of_this())
    assert len(matched) == 40


def test_a_receipt_more_begins_the_pauses_anew_but_does_not_put_off_the_next(
    matched: list[str],
) -> None:
    soon("one")
    wait_until(lambda: len(matched) == 1)
    soon("one")
    wait_until(lambda: not of_this())
    assert len(matched) == 3


def test_whatever_goes_wrong_it_goes_on(matched: list[str]) -> None:
    soon("broken")
    soon("one")
    wait_until(lambda: not of_this())
    assert sorted(matched) == ["broken", "broken", "one", "one"]
    soon("one")
    wait_until(lambda: not of_this())
    assert len(matched) == 6
