"""What the pipeline tells the outside: metrics, fed where things have happened for certain."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from delivery.pipeline.items import Call, Facts, Finished
from delivery.pipeline.verdicts import Verdict, Waits
from notifications.states import Status
from signalbus.core.metrics import (
    NOTIFICATION_DLQ,
    NOTIFICATION_END_TO_END_SECONDS,
    NOTIFICATION_RETRIES,
    NOTIFICATION_SEND_DURATION_SECONDS,
    NOTIFICATIONS_ATTEMPTED,
    NOTIFICATIONS_PROCESSED,
)


def attempted(calls: Sequence[Call], provider: str) -> None:
    """Provider calls are about to begin."""
    sends = (call.item.facts for call in calls if not call.reconciles)
    for (channel, lane), count in Counter((each.channel, each.lane) for each in sends).items():
        NOTIFICATIONS_ATTEMPTED.labels(channel, lane, provider).inc(count)


def recorded(finished: Finished, verdict: Verdict, now: datetime) -> None:
    """A call's outcome is written down."""
    facts = finished.call.item.facts
    where = (facts.channel, facts.lane)
    if finished.duration_ms is not None:
        seconds = (now - finished.started_at).total_seconds()
        NOTIFICATION_SEND_DURATION_SECONDS.labels(*where).observe(max(0.0, seconds))
    if isinstance(verdict, Waits):
        NOTIFICATION_RETRIES.labels(facts.channel, verdict.error.error_class.value).inc()
        return
    if verdict.status is Status.SENT and not _is_redriven(finished.call):
        waited = (finished.started_at - facts.due_at).total_seconds()
        NOTIFICATION_END_TO_END_SECONDS.labels(*where).observe(max(0.0, waited))
    error = verdict.error.error_class.value if verdict.error else ""
    settled(facts, verdict.status, error)


def _is_redriven(call: Call) -> bool:
    """Whether it was settled before: with attempts that its present entry knows nothing of."""
    return bool(call.item.facts.redrives) or call.number - 1 > call.item.facts.tries


def settled(facts: Facts, status: Status, error_class: str) -> None:
    """A delivery ended."""
    NOTIFICATIONS_PROCESSED.labels(facts.channel, facts.lane, status.value).inc()
    if status is Status.DEAD:
        NOTIFICATION_DLQ.labels(facts.channel, error_class).inc()
