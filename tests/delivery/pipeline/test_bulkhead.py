"""How many places a slow account may hold, and how many of its messages may wait."""

from uuid import UUID, uuid4

import pytest

from delivery.pipeline.bulkhead import ENOUGH, FEWEST_WAITING, LATELY, TRIAL, UNBOUNDED, Bulkhead

PLACES = 64
NOON = 1000.0
QUICK, SLOW, OTHER = uuid4(), uuid4(), uuid4()


def knowing(**seconds: float) -> Bulkhead:
    """A bulkhead that has seen a call of each of them."""
    bulkhead = Bulkhead(PLACES)
    for account, took in ((QUICK, seconds.get("quick")), (SLOW, seconds.get("slow"))):
        if took is not None:
            bulkhead.end(account, bulkhead.begin(account, NOON - took), NOON)
    return bulkhead


def fill(bulkhead: Bulkhead, account: UUID, now: float = NOON) -> int:
    """Begin as many calls as the account may; how many it holds then."""
    while bulkhead.held(account) < bulkhead.ask(account, now):
        bulkhead.begin(account, now)
    return bulkhead.held(account)


@pytest.mark.parametrize("seconds", [0.01, 10.0])
def test_one_alone_may_hold_three_quarters(seconds: float) -> None:
    assert fill(knowing(slow=seconds), SLOW) == 48


def test_a_slow_one_leaves_most_of_the_places_to_quick_ones() -> None:
    bulkhead = knowing(slow=10.0, quick=0.01)
    bulkhead.ask(QUICK, NOON)
    assert fill(bulkhead, SLOW) == 16
    assert fill(bulkhead, QUICK) == 48


def test_while_no_quick_one_is_about_slow_ones_may_hold_more() -> None:
    bulkhead = knowing(slow=10.0, quick=0.01)
    bulkhead.ask(QUICK, NOON)
    assert fill(bulkhead, SLOW, NOON + LATELY + 1) == 48


def test_one_of_which_nothing_is_known_is_taken_for_slow() -> None:
    bulkhead = knowing(quick=0.01)
    bulkhead.ask(QUICK, NOON)
    assert fill(bulkhead, OTHER) == 16
    bulkhead.end(OTHER, 2, NOON + 0.01)
    assert fill(bulkhead, OTHER, NOON + 0.02) == 48


def test_one_of_which_nothing_is_known_takes_no_more_where_it_is_alone() -> None:
    bulkhead = Bulkhead(PLACES)
    assert fill(bulkhead, OTHER) == 16
    assert fill(bulkhead, OTHER, NOON + 1.5) == 48


def test_a_few_messages_try_an_account_at_first() -> None:
    bulkhead = Bulkhead(PLACES)
    tickets = [bulkhead.begin(OTHER, NOON) for _ in range(TRIAL)]
    assert bulkhead.trial(OTHER, NOON) == 0
    for ticket in tickets[: ENOUGH - 1]:
        bulkhead.end(OTHER, ticket, NOON + 0.01)
    assert bulkhead.trial(OTHER, NOON) == 0
    bulkhead.end(OTHER, tickets[-1], NOON + 0.01)
    assert bulkhead.trial(OTHER, NOON) == UNBOUNDED


def test_a_call_of_many_messages_brings_many_answers() -> None:
    bulkhead = Bulkhead(PLACES)
    bulkhead.end(OTHER, bulkhead.begin(OTHER, NOON), NOON + 0.01, messages=ENOUGH)
    assert bulkhead.trial(OTHER, NOON) == UNBOUNDED


def test_one_that_becomes_slow_is_known_before_its_call_has_ended() -> None:
    bulkhead = knowing(quick=0.01)
    bulkhead.begin(QUICK, NOON)
    assert not bulkhead.is_slow(QUICK, NOON + 0.5)
    assert bulkhead.is_slow(QUICK, NOON + 1.5)


def test_there_is_always_room_for_another_slow_one() -> None:
    bulkhead, crowd = knowing(quick=0.01), [uuid4() for _ in range(6)]
    bulkhead.ask(QUICK, NOON)
    held = [fill(bulkhead, account) for account in crowd]
    assert min(held) >= 1
    assert sum(held) <= 24 + len(crowd)
    assert held == sorted(held, reverse=True)


def test_no_more_of_a_slow_one_wait_than_can_begin_soon() -> None:
    bulkhead = knowing(slow=10.0, quick=0.01)
    assert bulkhead.patience(QUICK, NOON) == bulkhead.patience(OTHER, NOON) == UNBOUNDED
    assert bulkhead.patience(SLOW, NOON) == FEWEST_WAITING
    assert knowing(slow=2.0).patience(SLOW, NOON) == 48
