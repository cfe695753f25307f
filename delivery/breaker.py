"""Provider accounts that are left alone for a while, as all processes know it.

The rule is delivery/breaker_rule.py. Redis keeps what is remembered and its clock decides. Without
Redis each process remembers by itself, from nothing, by its monotonic clock; so whatever Redis held
or lost, no account stays closed off for longer than its pause.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import msgspec
from django.conf import settings

from delivery import breaker_rule as rule
from delivery.breaker_gauge import BreakerGauge
from delivery.breaker_rule import JUST_NOW, Memory, Outcome, State
from delivery.breaker_script import SCRIPT
from delivery.providers.account import SIMULATOR
from signalbus.core.logs import get_logger
from signalbus.core.redis_script import SharedScript
from signalbus.core.timed_cache import TimedCache

FRESH_SECONDS = 0.3
MOST_KEPT = 10_000

log = get_logger(__name__)
_script = SharedScript("breaker", SCRIPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """An account's state, and in how many seconds an open one lets messages try it again."""

    state: State = State.CLOSED
    opens_again_in: float = 0.0


CLOSED = Breaker()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is asked of one account's breaker in a call."""

    outcomes: Sequence[Outcome] = ()
    admit: bool = False
    close: bool = False


class _Answer(msgspec.Struct, array_like=True, frozen=True):
    """What became of it; `left` is in seconds."""

    before: State
    after: State
    left: float
    admitted: bool


class Breakers:
    """The breakers as one process sees them. Safe to be used by many threads."""

    def __init__(self) -> None:
        self._kept: TimedCache[UUID, tuple[State, float]] = TimedCache(
            seconds=FRESH_SECONDS, size=MOST_KEPT
        )
        self._full: TimedCache[UUID, bool] = TimedCache(seconds=FRESH_SECONDS, size=MOST_KEPT)
        self._own = _OwnMemories()
        self._gauge = BreakerGauge()

    def states(self, accounts: Iterable[UUID]) -> dict[UUID, Breaker]:
        """How the accounts stand; what is older than a moment is asked anew in one round trip."""
        wanted = dict.fromkeys(accounts)
        stale = [account for account in wanted if self._peek(account) is None]
        if stale:
            self._ask({account: _Asked() for account in stale})
        return {account: self._peek(account) or CLOSED for account in wanted}

    def shared_states(self, accounts: Iterable[UUID]) -> dict[UUID, Breaker] | None:
        """The same as all processes have it, or None where Redis cannot be asked."""
        wanted = list(dict.fromkeys(accounts))
        answers = _over_redis({account: _Asked() for account in wanted}) if wanted else {}
        if answers is None:
            return None
        return {
            account: Breaker(state=each.after, opens_again_in=each.left)
            for account, each in answers.items()
        }

    def note(
        self, outcomes: Iterable[tuple[UUID, bool] | tuple[UUID, bool, float]]
    ) -> dict[UUID, State]:
        """Take note of (account, was it the provider's fault, how many seconds ago the call began),
        in order, in one round trip. Without its age a call began just now.

        Returns the accounts whose breaker opened or closed by it, with their new state.
        """
        heard: dict[UUID, list[Outcome]] = defaultdict(list)
        for account, is_fault, *age in outcomes:
            heard[account].append((is_fault, age[0] if age else JUST_NOW))
        heard.pop(SIMULATOR.id, None)
        if not heard:
            return {}
        return self._ask({account: _Asked(outcomes=each) for account, each in heard.items()})

    def admit(self, account: UUID) -> bool:
        """Whether a message may go by the account now: of a half open one only a few may.

        A permit ends with the next outcome that is noted, or by itself.
        """
        state = self.states([account])[account].state
        if state is not State.HALF_OPEN:
            return state is State.CLOSED
        if self._full.peek(account):
            return False
        answers = self._answers({account: _Asked(admit=True)})
        self._take(answers)
        if not (admitted := answers[account].admitted):
            self._full.put(account, True)
        return admitted

    def reset(self, account: UUID) -> bool:
        """Close it now, as an operator asks; False where no other process learns of it."""
        asked = {account: _Asked(close=True)}
        self._own.clear()
        answers = _over_redis(asked)
        self._take(answers or self._own.ask(asked))
        return answers is not None

    def _peek(self, account: UUID) -> Breaker | None:
        """What is known and fresh; an open one whose time is over has to be asked again."""
        if account == SIMULATOR.id:
            return CLOSED
        state, until = self._kept.peek(account) or (None, 0.0)
        left = max(until - time.monotonic(), 0.0)
        if state is None or (state is State.OPEN and not left):
            return None
        return Breaker(state=state, opens_again_in=left)

    def _ask(self, asked: Mapping[UUID, _Asked]) -> dict[UUID, State]:
        return self._take(self._answers(asked))

    def _answers(self, asked: Mapping[UUID, _Asked]) -> dict[UUID, _Answer]:
        answers = _over_redis(asked)
        if answers is None:
            return self._own.ask(asked)
        self._own.clear()
        return answers

    def _take(self, answers: Mapping[UUID, _Answer]) -> dict[UUID, State]:
        """Keep what was answered and tell of it. Returns what opened or closed."""
        now = time.monotonic()
        for account, answer in answers.items():
            self._kept.put(account, (answer.after, now + answer.left))
            self._full.forget(account)
            self._gauge.show(account, answer.after)
        changed = {account: each for account, each in answers.items() if each.before != each.after}
        for account, answer in changed.items():
            _tell(account, answer)
        return {account: answer.after for account, answer in changed.items()}


@cache
def breakers() -> Breakers:
    """The process's own."""
    return Breakers()


class _OwnMemories:
    """What a process remembers that is without Redis."""

    def __init__(self) -> None:
        self._memories: dict[UUID, Memory] = {}
        self._lock = threading.Lock()

    def ask(self, asked: Mapping[UUID, _Asked]) -> dict[UUID, _Answer]:
        now = time.monotonic()
        with self._lock:
            return {account: self._answer(account, each, now) for account, each in asked.items()}

    def clear(self) -> None:
        """Forget everything: Redis remembers again."""
        if self._memories:
            with self._lock:
                self._memories.clear()

    def _answer(self, account: UUID, asked: _Asked, now: float) -> _Answer:
        found = rule.seen_at(self._memories.get(account, Memory()), now)
        before, admitted = rule.state(found, now), False
        memory = rule.note(Memory(seen=now) if asked.close else found, asked.outcomes, now)
        if asked.admit:
            memory, admitted = rule.admit(memory, now)
        self._memories[account] = memory
        left = max(memory.until - now, 0.0)
        return _Answer(before, rule.state(memory, now), left, admitted)


def _over_redis(asked: Mapping[UUID, _Asked]) -> dict[UUID, _Answer] | None:
    """What Redis answers; None where it does not."""
    questions = [(list(each.outcomes), each.admit, each.close) for each in asked.values()]
    answer = _script.run([_key(account) for account in asked], msgspec.msgpack.encode(questions))
    if answer is None:
        return None
    return dict(zip(asked, msgspec.msgpack.decode(answer, type=list[_Answer]), strict=True))


def _key(account: UUID) -> str:
    return f"{settings.INSTALLATION}.breaker.{account}"


def _tell(account: UUID, answer: _Answer) -> None:
    if answer.after is State.OPEN:
        log.warning("breaker.opened", account=str(account), seconds=round(answer.left, 1))
    else:
        log.info("breaker.closed", account=str(account))
