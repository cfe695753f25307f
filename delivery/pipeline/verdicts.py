"""What follows from an outcome: the delivery ends, or its entry gets a later time. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from delivery.errors import RULES, DeliveryError, ErrorClass
from delivery.pipeline.fail_over import ALONE, Standing, next_step
from delivery.pipeline.items import Facts
from delivery.providers.messages import Accepted, Outcome
from delivery.retry_rules import RetryRules
from delivery.topics import COMMON, TopicRules
from notifications.states import Status
from signalbus.bus.purposes import Purpose
from signalbus.bus.streams import Channel

RETRY = "retry"
RECONCILE = "reconcile"


class Doubt(StrEnum):
    """What a channel does when nobody knows whether the provider took a message."""

    REPEAT = "repeat"  # again with the same key: a second copy does little harm
    ASK = "ask"  # the provider, after a while: a second copy costs money and annoys


NOBODY_KNOWS = DeliveryError(
    error_class=ErrorClass.UNKNOWN_OUTCOME,
    code="not-found",
    detail="The provider could not say what became of the message.",
)
IN_DOUBT: dict[str, Doubt] = {Channel.EMAIL: Doubt.REPEAT, Channel.SMS: Doubt.ASK}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """The delivery is settled."""

    status: Status
    error: DeliveryError | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """The entry comes due again after the delay, for the purpose given.

    With `at` it keeps the place in the line that this moment gives it, whatever the delay.
    """

    delay: timedelta
    reason: str
    purpose: str
    tries: int
    error: DeliveryError
    repeats: bool = False
    at: datetime | None = None


Verdict = Ends | Waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The installation's figures; `pauses` are the ages at which an unknown send is asked about."""

    retry: RetryRules
    pauses: Sequence[timedelta]
    random: Callable[[], float]

    def verdict(
        self,
        facts: Facts,
        outcome: Outcome,
        *,
        began: datetime,
        now: datetime,
        can_ask: bool,
        topic: TopicRules = COMMON,
        standing: Standing = ALONE,
    ) -> Verdict:
        """What follows for the delivery; `began` is when the attempt did, and `standing` how its
        accounts stand where the provider is at fault."""
        if isinstance(outcome, Accepted):
            return Ends(status=Status.SENT, reference=outcome.reference)
        if outcome.error_class is ErrorClass.UNKNOWN_OUTCOME:
            return self._in_doubt(
                facts, outcome, began=began, now=now, can_ask=can_ask, topic=topic
            )
        if outcome.error_class is ErrorClass.PROVIDER_DOWN:
            moved = self._past_the_fault(facts, outcome, now, topic, standing)
            if moved is not None:
                return moved
        return self._again(facts, outcome, now, topic) or Ends(
            status=ending(facts, outcome.error_class), error=outcome
        )

    def still_unknown(self, facts: Facts, age: timedelta) -> Verdict:
        """After a question that brought no answer: the next one, or parked for the operator."""
        later = [pause for pause in self.pauses if pause > age]
        if not later:
            return Ends(status=Status.UNKNOWN, error=NOBODY_KNOWS)
        return _ask(facts, NOBODY_KNOWS, later[0] - age)

    def _in_doubt(
        self,
        facts: Facts,
        error: DeliveryError,
        *,
        began: datetime,
        now: datetime,
        can_ask: bool,
        topic: TopicRules,
    ) -> Verdict:
        if IN_DOUBT[facts.channel] is Doubt.REPEAT:
            repeat = self._again(facts, error, now, topic, repeats=True)
            return repeat or Ends(status=Status.UNKNOWN, error=error)
        if not can_ask:
            return Ends(status=Status.UNKNOWN, error=error)
        return self._first_question(facts, error, now - began)

    def _first_question(self, facts: Facts, error: DeliveryError, age: timedelta) -> Verdict:
        """At the next of the pauses; at once where all of them have passed unused."""
        later = [pause for pause in self.pauses if pause > age]
        return _ask(facts, error, later[0] - age if later else timedelta(0))

    def _past_the_fault(
        self,
        facts: Facts,
        error: DeliveryError,
        now: datetime,
        topic: TopicRules,
        standing: Standing,
    ) -> Waits | None:
        """By another account at once, or when the breaker lets it; None: as after other errors."""
        step = next_step(facts.reason, standing, self.random)
        tries = facts.tries + (1 if step is not None and step.counts else 0)
        most = self.retry.policy(facts.channel, facts.lane, topic.retry).tries
        if step is None or tries >= most or _too_late(facts, now + step.delay):
            return None
        return Waits(
            delay=step.delay,
            reason=step.reason,
            purpose=Purpose.SEND,
            tries=tries,
            error=error,
            at=None if step.delay else facts.due_at,
        )

    def _again(
        self,
        facts: Facts,
        error: DeliveryError,
        now: datetime,
        topic: TopicRules,
        *,
        repeats: bool = False,
    ) -> Waits | None:
        """Another try, unless none is left or it would begin after the deadline.

        So a provider that asks for a longer wait than the deadline leaves ends it at once.
        """
        tries = facts.tries + 1
        retry = self.retry.policy(facts.channel, facts.lane, topic.retry)
        delay = retry.next_delay(tries, error, self.random)
        if delay is None or _too_late(facts, now + delay):
            return None
        return Waits(
            delay=delay,
            reason=RETRY,
            purpose=Purpose.SEND,
            tries=tries,
            error=error,
            repeats=repeats,
        )


def _too_late(facts: Facts, moment: datetime) -> bool:
    return facts.deadline is not None and moment >= facts.deadline


def _ask(facts: Facts, error: DeliveryError, delay: timedelta) -> Waits:
    return Waits(
        delay=delay,
        reason=RECONCILE,
        purpose=Purpose.RECONCILE,
        tries=facts.tries,
        error=error,
    )


def ending(facts: Facts, error_class: ErrorClass) -> Status:
    """The state after an error that nothing more is tried against.

    Where an earlier attempt may have got through, a later refusal does not prove otherwise.
    """
    return Status.UNKNOWN if facts.possibly_repeated else RULES[error_class].ends
