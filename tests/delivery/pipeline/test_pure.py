"""The steps that are decided by value alone."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from delivery.errors import DeliveryError, ErrorClass
from delivery.pipeline import appetite
from delivery.pipeline.appetite import CHUNK, HANDFUL, Appetite
from delivery.pipeline.bisect import isolate
from delivery.pipeline.bulkhead import UNBOUNDED
from delivery.pipeline.items import Planned
from delivery.pipeline.lanes import Rota
from delivery.pipeline.lineup import LONGEST, MOST_SLOW, Lineup
from delivery.pipeline.literals import literal
from delivery.pipeline.places import Places
from delivery.pipeline.sorting import sort
from delivery.pipeline.verdicts import Ends, Waits
from delivery.providers.account import Account
from delivery.providers.base import Accepted, Provider
from notifications.states import Status
from tests.delivery.pipeline.facts import NOW, make_facts, make_item
from tests.delivery.pipeline.kit import RULES


class OneByOne(Provider):
    kind = "one"
    channels = ("email",)


class Many(Provider):
    kind = "many"
    channels = ("email",)
    max_batch = 10


def make_account(channel: str = "email", position: int = 0) -> Account:
    return Account(
        id=uuid4(),
        name=f"{channel}{position}",
        kind="smtp",
        channel=channel,
        updated_at=NOW,
        position=position,
    )


def planned(provider: Provider, who: str = "") -> Planned:
    recipient = uuid4() if not who else UUID(int=sum(who.encode()))
    return Planned(item=make_item(recipient=recipient), provider=provider)


# --- lanes


def test_every_lane_is_first_now_and_then() -> None:
    rota = Rota(["high", "normal", "bulk"])
    first = Counter(rota.next()[0] for _ in range(100))
    assert first == {"high": 70, "normal": 20, "bulk": 10}


def test_the_lanes_that_are_not_served_are_left_out() -> None:
    rota = Rota(["bulk", "normal"])
    assert {tuple(rota.next()) for _ in range(20)} == {("normal", "bulk"), ("bulk", "normal")}


# --- appetite


def test_without_a_free_place_nothing_is_taken() -> None:
    assert Appetite().limit(0, 0, 0.0) == 0


def test_the_room_to_wait_is_filled() -> None:
    assert Appetite().limit(1, 100, 0.0) == CHUNK - 100


def test_it_shrinks_while_many_wait_and_grows_when_none_does() -> None:
    hungry = Appetite()
    for _ in range(10):
        hungry.learn(polled=10, started=5, waiting=CHUNK, now=0.0)
    assert hungry.limit(1, 0, 0.0) == appetite.LEAST
    for _ in range(10):
        hungry.learn(polled=10, started=10, waiting=0, now=0.0)
    assert hungry.limit(1, 0, 0.0) == CHUNK


def test_where_everybody_waits_a_handful_is_tried_ever_more_seldom() -> None:
    hungry, now, pauses = Appetite(), 0.0, []
    for _ in range(8):
        assert hungry.limit(1, CHUNK, now) == HANDFUL
        hungry.learn(polled=HANDFUL, started=0, waiting=CHUNK, now=now)
        assert hungry.limit(1, CHUNK, now) == 0
        pauses.append(hungry._not_before - now)
        now = hungry._not_before
    assert pauses == sorted(pauses)
    assert pauses[-1] == pytest.approx(appetite.LONGEST)
    hungry.learn(polled=HANDFUL, started=1, waiting=CHUNK, now=now)
    assert hungry.limit(1, CHUNK, now) == HANDFUL


# --- places


class Rooms:
    def __init__(self, free: int, room: int) -> None:
        self.free, self._room = free, room

    def room(self, account: UUID) -> int:
        return self._room

    def trial(self, account: UUID) -> int:
        return 3


def test_messages_of_one_call_share_a_place() -> None:
    provider = Many(make_account())
    places = Places(Rooms(free=8, room=2))
    taken = [places.take(planned(provider)) for _ in range(25)]
    assert taken.count(True) == 20


def test_a_few_try_an_account_where_there_is_another() -> None:
    provider, another = Many(make_account()), make_account()
    places = Places(Rooms(free=8, room=2))
    crowd = [replace(planned(provider), choices=(provider.account, another)) for _ in range(5)]
    assert [places.take(each) for each in crowd] == [True, True, True, False, False]


def test_an_account_takes_no_more_than_its_room() -> None:
    one, other = OneByOne(make_account()), OneByOne(make_account())
    places = Places(Rooms(free=3, room=2))
    assert [places.take(planned(one)) for _ in range(3)] == [True, True, False]
    assert [places.take(planned(other)) for _ in range(2)] == [True, False]


# --- lineup


def always(_: Planned) -> bool:
    return True


def never(_: Planned) -> bool:
    return False


def test_one_of_a_recipient_goes_and_the_next_waits_for_its_end() -> None:
    lineup, provider = Lineup(), OneByOne(make_account())
    first, second, other = planned(provider, "a"), planned(provider, "a"), planned(provider, "b")
    assert lineup.admit([], [first, second, other], always).admitted == [first, other]
    assert lineup.take_released() == []
    lineup.done([first.item.order_key])
    assert lineup.take_released() == [second.item.received]


def test_what_waits_for_a_place_keeps_its_order() -> None:
    lineup, provider = Lineup(), OneByOne(make_account())
    first, second, third = (planned(provider, "a") for _ in range(3))
    lineup.admit([], [first, second], never)
    lineup.release(provider.account.id, 1)
    assert lineup.take_released() == [first.item.received]
    assert lineup.admit([first], [third], never).admitted == []
    lineup.release(provider.account.id, 9)
    assert lineup.take_released() == [each.item.received for each in (first, second, third)]


def test_a_later_one_does_not_overtake_one_that_waits_for_a_place() -> None:
    lineup, provider = Lineup(), OneByOne(make_account())
    first, later = planned(provider, "a"), planned(provider, "a")
    lineup.admit([], [first], never)
    assert lineup.admit([], [later], always).admitted == []


def test_a_free_place_of_one_account_releases_none_of_another() -> None:
    lineup = Lineup()
    one, other = OneByOne(make_account()), OneByOne(make_account())
    lineup.admit([], [planned(one)], never)
    lineup.release(other.account.id, 5)
    assert (lineup.take_released(), len(lineup)) == ([], 1)


def test_the_room_to_wait_is_bounded() -> None:
    lineup, provider = Lineup(), OneByOne(make_account())
    crowd = [planned(provider) for _ in range(LONGEST + 3)]
    assert lineup.admit([], crowd, never).crowd == crowd[-3:]
    assert (len(lineup), len(lineup.clear()), len(lineup)) == (LONGEST, LONGEST, 0)


def test_an_account_that_once_had_few_places_gets_all_it_has_room_for() -> None:
    lineup, one, other = Lineup(), OneByOne(make_account()), OneByOne(make_account())
    crowd = [planned(one) for _ in range(9)]
    late = planned(other)
    lineup.admit([], [*crowd, late], never)
    lineup.release(one.account.id, 1)
    lineup.top_up(Places(Rooms(free=5, room=4)).take)
    released = lineup.take_released()
    assert released == [each.item.received for each in (*crowd[:2], late, *crowd[2:4])]


def test_a_few_of_a_slow_account_are_in_nobodys_way() -> None:
    lineup, slow, quick = Lineup(), OneByOne(make_account()), OneByOne(make_account())
    crowd = [planned(slow) for _ in range(5)]
    lineup.admit([], [*crowd, planned(quick)], never)
    assert len(lineup) == 6
    assert lineup.thin_out(lambda account: 3 if account == slow.account.id else UNBOUNDED) == [
        crowd[4],
        crowd[3],
    ]
    assert len(lineup) == 1
    lineup.release(slow.account.id, 2)
    assert len(lineup) == 3


def test_slow_accounts_that_fill_the_room_to_wait_count() -> None:
    lineup, slow = Lineup(), OneByOne(make_account())
    lineup.admit([], [planned(slow) for _ in range(MOST_SLOW + 7)], never)
    lineup.thin_out(lambda _: UNBOUNDED - 1)
    assert len(lineup) == 7


def test_a_deferred_one_comes_before_those_behind_it() -> None:
    lineup, provider = Lineup(), OneByOne(make_account())
    first, second = planned(provider, "a"), planned(provider, "a")
    lineup.admit([], [first, second], always)
    lineup.defer(first)
    assert lineup.take_released() == [first.item.received, second.item.received]


# --- sorting


def test_what_the_entry_says_decides() -> None:
    claim = uuid4()
    send, question = make_item(), make_item(purpose="reconcile")
    expired, settled = make_item(claim=claim), make_item(status="sent")
    stale = make_item(generation=4)
    found = sort([send, question, expired, settled, stale, send], ())
    assert found.questions == [question]
    assert found.expired == [expired]
    assert found.settled == [settled.received]
    assert found.sends == [send]


def test_what_is_in_flight_here_is_nobody_elses() -> None:
    item = make_item(claim=uuid4())
    assert sort([item], {item.facts.delivery}).expired == []


# --- verdicts

DOWN = DeliveryError(error_class=ErrorClass.PROVIDER_DOWN)
UNKNOWN = DeliveryError(error_class=ErrorClass.UNKNOWN_OUTCOME)
AGE = {"began": NOW, "now": NOW, "can_ask": True}


def test_accepted_is_sent() -> None:
    verdict = RULES.verdict(make_facts(), Accepted(reference="x"), **AGE)  # type: ignore[arg-type]
    assert verdict == Ends(status=Status.SENT, reference="x")


def test_a_retry_uses_up_a_try() -> None:
    verdict = RULES.verdict(make_facts(tries=1), DOWN, **AGE)  # type: ignore[arg-type]
    assert isinstance(verdict, Waits)
    assert (verdict.tries, verdict.purpose, verdict.delay) == (2, "send", timedelta(seconds=15))


@pytest.mark.parametrize("facts", [{"tries": 2}, {"deadline": NOW + timedelta(seconds=1)}])
def test_out_of_tries_or_time_is_dead(facts: dict[str, object]) -> None:
    verdict = RULES.verdict(make_facts(**facts), DOWN, **AGE)  # type: ignore[arg-type]
    assert verdict == Ends(status=Status.DEAD, error=DOWN)


def test_a_question_uses_up_no_try() -> None:
    facts = make_facts(channel="sms", tries=1)
    verdict = RULES.verdict(facts, UNKNOWN, **AGE)  # type: ignore[arg-type]
    assert isinstance(verdict, Waits)
    assert (verdict.tries, verdict.purpose, verdict.delay) == (
        1,
        "reconcile",
        timedelta(seconds=60),
    )


def test_a_question_whose_pauses_have_passed_is_put_at_once() -> None:
    facts = make_facts(channel="sms")
    late = NOW + timedelta(hours=1)
    verdict = RULES.verdict(facts, UNKNOWN, began=NOW, now=late, can_ask=True)
    assert isinstance(verdict, Waits)
    assert verdict.delay == timedelta(0)
    parked = RULES.still_unknown(facts, timedelta(hours=1))
    assert isinstance(parked, Ends)
    assert parked.status is Status.UNKNOWN


# --- bisect


def test_the_culprit_is_found_and_the_others_are_done() -> None:
    done: list[int] = []
    guilty: list[int] = []

    def work(group: list[int]) -> None:
        if 13 in group:
            raise ValueError("13")
        done.extend(group)

    isolate(list(range(20)), work, lambda item, error: guilty.append(item), passes=OSError)  # type: ignore[arg-type]
    assert (guilty, sorted(done)) == ([13], [each for each in range(20) if each != 13])


def test_what_is_nobodys_fault_goes_through() -> None:
    def work(group: object) -> None:
        raise OSError

    with pytest.raises(OSError):
        isolate([1, 2], work, lambda item, error: None, passes=OSError)


# --- literals


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ([], "{}"),
        ([1, None, 3], "{1,NULL,3}"),
        ([True, False], "{True,False}"),
        (["a", None, 'b"c', "d\\e", "NULL", "{f,g}"], '{"a",NULL,"b\\"c","d\\\\e","NULL","{f,g}"}'),
        ([UUID(int=1)], "{00000000000000000000000000000001}"),
    ],
)
def test_array_literals(column: list[object], text: str) -> None:
    assert literal(column) == text
