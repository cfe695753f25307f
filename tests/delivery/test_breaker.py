"""Breakers: when they open and close, that processes share them, and that Redis may go."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from delivery import breaker, breaker_rule
from delivery.breaker import Breakers
from delivery.breaker_rule import IN_A_ROW, JUST_NOW, MOST_PROBES, PROBE_SECONDS, Memory, State
from delivery.breaker_script import RULE
from delivery.providers.account import SIMULATOR
from signalbus.core import redis_pool
from signalbus.core.ids import new_id
from signalbus.core.metrics import PROVIDER_BREAKER_STATE
from signalbus.core.redis_script import SharedScript
from tests.core.away import refusing_server, silent_server
from tests.own_valkey import own_valkey

FAULT, SUCCESS = True, False
NOON = 1_700_000_000.0
# The rule with a clock that the test sets.
BY_HAND = SharedScript(
    "by hand",
    "local now = cmsgpack.unpack(ARGV[1])[2]\n"
    + RULE.replace("cmsgpack.unpack(ARGV[1])", "cmsgpack.unpack(ARGV[1])[1]"),
)
IN_ANOTHER_PROCESS = """
import sys, uuid, django
django.setup()
from delivery.breaker import breakers
account = uuid.UUID(sys.argv[1])
print(breakers().states([account])[account].state)
breakers().note([(account, True)] * 10)
"""


def after(*faults: bool, memory: Memory | None = None, now: float = NOON) -> Memory:
    outcomes = [(fault, JUST_NOW) for fault in faults]
    return breaker_rule.note(memory or Memory(), outcomes, now)


def opened(times: int = 1) -> tuple[Memory, float]:
    """A breaker that opened as often without a success between, and when it is half open."""
    memory, now = after(*[FAULT] * IN_A_ROW), NOON
    for _ in range(times - 1):
        now = memory.until
        memory = after(FAULT, memory=memory, now=now)
    return memory, memory.until


class TestRule:
    def test_ten_faults_in_a_row_open_it(self):
        assert breaker_rule.state(after(*[FAULT] * 9), NOON) is State.CLOSED
        assert breaker_rule.state(after(*[FAULT] * 10), NOON) is State.OPEN

    def test_half_of_the_last_outcomes_open_it(self):
        mixed = [SUCCESS, FAULT] * 5
        assert breaker_rule.state(after(*mixed[:9]), NOON) is State.CLOSED
        assert breaker_rule.state(after(*mixed), NOON) is State.OPEN

    def test_what_is_older_than_the_window_does_not_count(self):
        memory = after(*[SUCCESS, FAULT] * 4)
        memory = after(SUCCESS, FAULT, memory=memory, now=NOON + 10)
        assert breaker_rule.state(memory, NOON + 10) is State.CLOSED

    def test_a_dead_provider_opens_it_within_twenty_faults_whatever_came_before(self):
        memory = after(*[SUCCESS] * 10_000)
        assert breaker_rule.state(after(*[FAULT] * 20, memory=memory), NOON) is State.OPEN

    def test_it_is_half_open_by_itself_and_a_success_closes_it(self):
        memory, half_open_at = opened()
        assert half_open_at == NOON + 5
        assert breaker_rule.state(memory, half_open_at - 0.01) is State.OPEN
        assert breaker_rule.state(memory, half_open_at) is State.HALF_OPEN
        memory = after(SUCCESS, memory=memory, now=half_open_at)
        assert memory == Memory(seen=half_open_at)

    def test_each_probe_that_fails_doubles_the_pause(self):
        pauses = [opened(times)[0].pause for times in range(1, 7)]
        assert pauses == [5, 10, 20, 40, 60, 60]

    def test_what_is_heard_while_it_is_open_changes_nothing(self):
        memory, _ = opened()
        assert after(SUCCESS, FAULT, FAULT, memory=memory, now=NOON + 1) == memory

    @pytest.mark.parametrize("fault", [FAULT, SUCCESS])
    def test_calls_from_before_it_was_half_open_are_no_probes(self, fault: bool):
        memory, now = opened()
        assert breaker_rule.note(memory, [(fault, 3.1)], now + 3) == memory
        told = breaker_rule.note(memory, [(fault, 2.9)], now + 3)
        assert breaker_rule.state(told, now + 3) is (State.OPEN if fault else State.CLOSED)

    def test_a_closed_one_counts_slow_calls_as_well(self):
        memory = breaker_rule.note(Memory(), [(FAULT, 30.0)] * IN_A_ROW, NOON)
        assert breaker_rule.state(memory, NOON) is State.OPEN

    def test_probes_are_few_and_their_permits_end(self):
        memory, now = opened()
        for _ in range(MOST_PROBES):
            memory, admitted = breaker_rule.admit(memory, now)
            assert admitted
        assert not breaker_rule.admit(memory, now)[1]
        assert breaker_rule.admit(memory, now + PROBE_SECONDS)[1]

    def test_only_a_half_open_one_counts_who_goes(self):
        memory, now = opened()
        assert breaker_rule.admit(memory, now - 1) == (memory, False)
        assert breaker_rule.admit(Memory(), now) == (Memory(), True)

    def test_a_clock_set_back_keeps_nobody_waiting(self):
        memory, _ = opened()
        seen = breaker_rule.seen_at(memory, NOON - 3600)
        assert breaker_rule.state(seen, NOON - 3600 + 5) is State.HALF_OPEN


ages = st.sampled_from([JUST_NOW, 0.2, 2.0, 40.0])
turns = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.3, 1.0, 5.0, 30.0, -3600.0]),
        st.lists(st.tuples(st.booleans(), ages), max_size=12)
        | st.just([(FAULT, JUST_NOW)] * IN_A_ROW),
        st.booleans(),
    ),
    max_size=12,
)


@hypothesis_settings(max_examples=80, deadline=None)
@given(turns=turns)
def test_the_script_decides_as_the_rule_does(turns):
    key, memory, now = f"test.{new_id()}", Memory(), NOON
    for passed, outcomes, asks in turns:
        now += passed
        seen = breaker_rule.seen_at(memory, now)
        before, admitted = breaker_rule.state(seen, now), False
        seen = breaker_rule.note(seen, outcomes, now)
        if asks:
            seen, admitted = breaker_rule.admit(seen, now)
        left = max(seen.until - now, 0.0)
        answer = BY_HAND.run([key], msgspec.msgpack.encode([[[outcomes, asks, False]], now]))
        got = msgspec.msgpack.decode(answer)[0]
        assert got[:2] == [before, breaker_rule.state(seen, now)]
        assert round(got[2], 3) == round(left, 3)
        assert got[3] == admitted
        memory = seen if outcomes or asks else memory  # nothing is written by mere looking


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    redis_pool.client.cache_clear()
    yield
    redis_pool.client.cache_clear()


@pytest.fixture(params=["shared", "unset", "refusing", "silent"])
def redis(request: pytest.FixtureRequest, settings: Any) -> Iterator[str]:
    """Redis in every state: the rule is the same."""
    if request.param == "unset":
        settings.REDIS_URL = ""
    elif request.param == "refusing":
        settings.REDIS_URL = refusing_server()
    elif request.param == "silent":
        with silent_server() as url:
            settings.REDIS_URL = url
            yield request.param
            return
    yield request.param


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Breakers that are half open after a tenth of a second."""
    monkeypatch.setattr(breaker_rule, "FIRST_PAUSE", 0.1)
    script = breaker.SCRIPT.replace("= 5.0, 60.0", "= 0.1, 60.0")
    assert script != breaker.SCRIPT
    monkeypatch.setattr(breaker, "_script", SharedScript("soon", script))


def down(breakers: Breakers, account: UUID) -> dict[UUID, State]:
    return breakers.note([(account, FAULT)] * IN_A_ROW)


def state(breakers: Breakers, account: UUID) -> State:
    return breakers.states([account])[account].state


def test_it_opens_probes_and_closes(redis: str, soon: None):
    breakers, account, other = Breakers(), new_id(), new_id()
    assert breakers.admit(account)
    assert down(breakers, account) == {account: State.OPEN}
    assert not breakers.admit(account)
    found = breakers.states([account, other])
    assert [found[account].state, found[other].state] == [State.OPEN, State.CLOSED]
    assert 0 < found[account].opens_again_in <= 0.1
    time.sleep(0.11)
    assert state(breakers, account) is State.HALF_OPEN
    assert [breakers.admit(account) for _ in range(5)] == [True, True, True, False, False]
    assert breakers.note([(account, SUCCESS)]) == {account: State.CLOSED}
    assert breakers.admit(account)


def test_what_was_under_way_when_it_opened_neither_closes_nor_prolongs_it(redis: str, soon: None):
    breakers, account = Breakers(), new_id()
    down(breakers, account)
    time.sleep(0.11)
    assert breakers.note([(account, SUCCESS, 1.0), (account, FAULT, 1.0)]) == {}
    assert state(breakers, account) is State.HALF_OPEN
    assert breakers.note([(account, SUCCESS, 0.0)]) == {account: State.CLOSED}


def test_an_operator_closes_it(redis: str):
    breakers, account = Breakers(), new_id()
    down(breakers, account)
    assert breakers.reset(account) is (redis == "shared")
    assert state(breakers, account) is State.CLOSED


def test_the_simulator_of_test_keys_has_none():
    breakers = Breakers()
    assert down(breakers, SIMULATOR.id) == {}
    assert breakers.admit(SIMULATOR.id)


def test_states_are_kept_for_a_moment_and_notes_show_at_once(monkeypatch: pytest.MonkeyPatch):
    calls: list[int] = []
    real = breaker._script.run
    monkeypatch.setattr(
        breaker._script, "run", lambda keys, text: calls.append(len(keys)) or real(keys, text)
    )
    breakers, accounts = Breakers(), [new_id() for _ in range(50)]
    breakers.states(accounts)
    breakers.states(accounts)
    assert calls == [50]
    breakers.note([(account, FAULT) for account in accounts for _ in range(IN_A_ROW)])
    assert calls == [50, 50]
    assert {state(breakers, account) for account in accounts} == {State.OPEN}
    assert calls == [50, 50]


def test_processes_share_it():
    account = new_id()
    first, second = Breakers(), Breakers()
    assert state(first, account) is State.CLOSED
    down(second, account)
    time.sleep(breaker.FRESH_SECONDS)
    assert state(first, account) is State.OPEN


def test_a_real_process_shares_it():
    account, breakers = new_id(), Breakers()
    breakers.note([(account, FAULT)] * (IN_A_ROW - 1))
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS, str(account)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == State.CLOSED
    assert state(Breakers(), account) is State.OPEN


def test_the_processes_wall_clock_does_not_matter(redis: str, monkeypatch: pytest.MonkeyPatch):
    breakers, account = Breakers(), new_id()
    down(breakers, account)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert state(breakers, account) is State.OPEN
    assert 4 < breakers.states([account])[account].opens_again_in <= 5


def test_a_redis_that_forgets_closes_nobody_off(tmp_path: Path, settings: Any):
    with own_valkey(tmp_path) as (_, settings.REDIS_URL):
        breakers, account = Breakers(), new_id()
        down(breakers, account)
        connection = redis_pool.client()
        assert connection is not None
        connection.flushall()
        time.sleep(breaker.FRESH_SECONDS)
        assert state(breakers, account) is State.CLOSED


def test_a_redis_that_is_killed_is_done_without_and_used_again(tmp_path: Path, settings: Any):
    with own_valkey(tmp_path) as (server, settings.REDIS_URL):
        breakers, other, account = Breakers(), Breakers(), new_id()
        down(breakers, account)
        server.kill()
        time.sleep(breaker.FRESH_SECONDS)
        assert state(breakers, account) is State.CLOSED, "the process begins from nothing"
        assert down(breakers, account) == {account: State.OPEN}
        assert state(other, account) is State.CLOSED, "each process for itself"
        server.start()
        time.sleep(redis_pool.PAUSE_SECONDS)
        down(breakers, account)
        assert state(other, account) is State.OPEN, "shared again"
        assert breakers._own._memories == {}


def test_without_redis_nobody_claims_to_know_what_others_see(redis: str):
    breakers, account = Breakers(), new_id()
    down(breakers, account)
    shared = breakers.shared_states([account])
    if redis == "shared":
        assert shared is not None
        assert shared[account].state is State.OPEN
    else:
        assert shared is None
    assert breakers.shared_states([]) == {}


def test_memories_expire_by_themselves():
    account = new_id()
    down(Breakers(), account)
    connection = redis_pool.client()
    assert connection is not None
    assert 600 < connection.ttl(breaker._key(account)) <= 605


def test_the_metric_shows_the_worst_of_a_kind(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("delivery.breaker_gauge.kind_and_channel", lambda _: ("smtp", "email"))
    breakers, account, other = Breakers(), new_id(), new_id()
    gauge = PROVIDER_BREAKER_STATE.labels("smtp", "email")
    down(breakers, account)
    down(breakers, other)
    assert gauge._value.get() == 2
    breakers.reset(account)
    assert gauge._value.get() == 2
    breakers.reset(other)
    assert gauge._value.get() == 0


def test_every_change_is_told_in_the_log(monkeypatch: pytest.MonkeyPatch):
    lines: list[tuple[str, str]] = []

    class Log:
        def info(self, event: str, **fields: Any) -> None:
            lines.append((event, fields["account"]))

        warning = info

    monkeypatch.setattr(breaker, "log", Log())
    breakers, account = Breakers(), new_id()
    down(breakers, account)
    breakers.note([(account, FAULT)])
    breakers.reset(account)
    breakers.reset(account)
    assert lines == [("breaker.opened", str(account)), ("breaker.closed", str(account))]
