"""Which account is taken: by position, by lot, past those that are down, and after a fault."""

import random as chance
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from delivery.breaker import CLOSED, Breaker
from delivery.breaker_rule import State
from delivery.pipeline.route import PROBING_SECONDS, Blocked, choices, route
from delivery.providers.account import SIMULATOR, Account
from tests.delivery.pipeline.facts import make_facts
from tests.delivery.pipeline.test_pure import make_account

OPEN = Breaker(state=State.OPEN, opens_again_in=4.0)
HALF_OPEN = Breaker(state=State.HALF_OPEN)
A, B, C = (make_account(position=position) for position in range(3))


def go(
    *accounts: Account,
    breakers: dict[UUID, Breaker] | None = None,
    admit: Callable[[UUID], bool] = lambda account: True,
    random: Callable[[], float] = lambda: 0.0,
    **facts: Any,
) -> Account | Blocked:
    states = {each.id: (breakers or {}).get(each.id, CLOSED) for each in accounts}
    return route(make_facts(**facts), accounts, states, admit, random)


# --- choices


def test_the_tenants_own_stand_before_those_it_inherits() -> None:
    platforms = replace(make_account(), inherited=True)
    assert choices("live", "email", None, [platforms, C, A]) == (A, C, platforms)


def test_those_of_other_channels_and_those_disabled_are_left_out() -> None:
    disabled, sms = replace(A, enabled=False), make_account("sms")
    assert choices("live", "email", None, [disabled, sms, B]) == (B,)
    assert choices("live", "push", None, [B]) == ()


def test_test_mode_never_leaves_the_simulator() -> None:
    assert choices("test", "email", A.id, [A]) == (SIMULATOR,)


def test_a_delivery_that_wants_an_account_has_no_other() -> None:
    assert choices("live", "email", B.id, [A, B]) == (B,)
    assert choices("live", "email", B.id, [A, replace(B, enabled=False)]) == ()


# --- route


def test_the_first_by_position_is_taken() -> None:
    assert go(A, B, C) is A


def test_equals_share_by_weight() -> None:
    heavy, light = replace(A, weight=3), replace(B, position=A.position)
    rolled = chance.Random(1)
    taken = Counter(go(heavy, light, C, random=rolled.random).name for _ in range(1000))
    assert taken[heavy.name] == pytest.approx(750, abs=50)
    assert set(taken) == {heavy.name, light.name}


def test_an_open_one_is_passed_over() -> None:
    assert go(A, B, breakers={A.id: OPEN}) is B
    equal = replace(B, position=A.position)
    assert go(A, equal, breakers={A.id: OPEN}, random=lambda: 0.0) is equal


def test_a_half_open_one_takes_only_as_many_as_it_admits() -> None:
    assert go(A, B, breakers={A.id: HALF_OPEN}) is A
    assert go(A, B, breakers={A.id: HALF_OPEN}, admit=lambda account: False) is B


def test_where_all_are_open_it_waits_for_the_first() -> None:
    later = replace(OPEN, opens_again_in=9.0)
    assert go(A, B, breakers={A.id: later, B.id: OPEN}) == Blocked(seconds=4.0)
    full = {"breakers": {A.id: HALF_OPEN}, "admit": lambda account: False}
    assert go(A, **full) == Blocked(seconds=PROBING_SECONDS)


def test_after_a_fault_the_next_one_is_taken_round_and_round() -> None:
    fault = {"error_class": "provider_down"}
    assert go(A, B, C, account=A.id, **fault) is B
    assert go(A, B, C, account=C.id, **fault) is A
    assert go(A, B, C, account=A.id, breakers={B.id: OPEN}, **fault) is C
    assert go(A, account=A.id, **fault) is A


def test_after_another_error_it_is_the_first_again() -> None:
    assert go(A, B, account=B.id, error_class="busy") is A


def test_one_that_fell_over_goes_by_the_next() -> None:
    assert go(A, B, account=A.id, fell_over=True) is B


def test_one_that_fell_over_is_tried_again_where_it_fell() -> None:
    assert go(A, B, account=B.id, fell_over=True, error_class="busy") is B
    assert go(A, B, account=B.id, fell_over=True, error_class="unknown_outcome") is B
    assert go(A, B, account=B.id, fell_over=True, error_class="provider_down") is A


def test_what_may_have_been_sent_stays_with_its_account() -> None:
    unknown = {"account": B.id, "error_class": "unknown_outcome"}
    assert go(A, B, **unknown) is B
    assert go(A, B, breakers={B.id: OPEN}, **unknown) is A


def test_an_account_that_is_gone_has_no_next() -> None:
    assert go(A, B, account=C.id, error_class="provider_down") is A


def test_who_has_been_given_a_moment_stays_with_its_account() -> None:
    assert go(A, B, reserved_account=B.id) is B
    assert go(A, B, reserved_account=B.id, breakers={B.id: OPEN}) is A
