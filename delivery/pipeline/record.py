"""Outcomes written down: one transaction for each tenant, all of them in one round trip.

Recording the same outcome twice changes nothing the second time, so that whatever was not
confirmed is simply recorded again.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from delivery.breaker import breakers
from delivery.breaker_rule import State
from delivery.errors import DeliveryError, ErrorClass
from delivery.pipeline import flooding, seen
from delivery.pipeline.fail_over import ALONE, Standing
from delivery.pipeline.items import Call, Finished
from delivery.pipeline.recording import Judged, Recording
from delivery.pipeline.verdicts import Rules, Waits
from delivery.providers.messages import Outcome
from delivery.receipts import seen as receipts
from signalbus.core.redis import hint
from tenants.schemas import TenantWork, run_for_tenants


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became of outcomes; those that failed were not written, for the reason given."""

    done: list[Finished] = field(default_factory=list)
    failed: list[tuple[Finished, Exception]] = field(default_factory=list)


def record(finished: Sequence[Finished], rules: Rules, now: datetime) -> Recorded:
    """Write down what came of calls that were begun. Raises OperationalError without PostgreSQL.

    The outcomes of a tenant whose transaction failed are all among the failed.
    """
    recordings = _recordings(finished, rules, now)
    answers = run_for_tenants([TenantWork(one.schema, one.statements) for one in recordings])
    recorded = Recorded()
    for recording, answer in zip(recordings, answers, strict=True):
        if isinstance(answer, Exception):
            recorded.failed.extend((each.finished, answer) for each in recording.judged)
            continue
        recorded.done.extend(each.finished for each in recording.judged)
        moved = recording.moved(answer)
        for each in moved:
            seen.recorded(each.finished, each.verdict, now)
        receipts.moved(recording.schema, recording.told(answer))
        _announce(moved)
    return recorded


def _recordings(finished: Sequence[Finished], rules: Rules, now: datetime) -> list[Recording]:
    by_tenant: dict[int, list[Judged]] = defaultdict(list)
    for each in flooding.held_back([_judge(one, rules, now) for one in finished]):
        by_tenant[each.finished.call.item.tenant.id].append(each)
    return [Recording.of(judged) for judged in by_tenant.values()]


def _judge(finished: Finished, rules: Rules, now: datetime) -> Judged:
    call, outcome = finished.call, finished.outcome
    facts, began = call.item.facts, call.began or finished.started_at
    verdict = (
        rules.still_unknown(facts, now - began)
        if outcome is None
        else rules.verdict(
            facts,
            outcome,
            began=began,
            now=now,
            can_ask=call.can_ask,
            topic=call.item.rules,
            standing=_standing(call, outcome),
        )
    )
    return Judged(finished=finished, outcome=outcome, verdict=verdict)


def _standing(call: Call, outcome: Outcome) -> Standing:
    """How its accounts stand by now, which matters where the provider is at fault."""
    at_fault = isinstance(outcome, DeliveryError) and (
        outcome.error_class is ErrorClass.PROVIDER_DOWN
    )
    if not at_fault or call.account is None:
        return ALONE
    choices = call.choices or (call.account,)
    found = breakers().states([call.account.id, *(each.id for each in choices)])
    is_open = {account: each.state is State.OPEN for account, each in found.items()}
    return Standing(
        choices=len(choices),
        others=sum(not is_open[each.id] for each in choices if each.id != call.account.id),
        is_open=is_open[call.account.id],
        opens_in=timedelta(seconds=min(each.opens_again_in for each in found.values())),
    )


def _announce(moved: Sequence[Judged]) -> None:
    """Wake the relays for what may go on at once, by another account."""
    waits = [each for each in moved if isinstance(each.verdict, Waits) and not each.verdict.delay]
    for stream in {each.finished.call.item.stream for each in waits}:
        hint(stream)
