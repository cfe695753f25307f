"""What the pipeline tells the outside, where things have happened for certain: metrics, and a
line in the log for each delivery that ended badly.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import product

from delivery.errors import DeliveryError, ErrorClass
from delivery.pipeline import flooding
from delivery.pipeline.fall_rows import MadeRow
from delivery.pipeline.gate import GivenUp
from delivery.pipeline.items import Call, Finished, Item
from delivery.pipeline.verdicts import Verdict, Waits
from delivery.pipeline.watching import Watched
from notifications.states import Status
from signalbus.bus.streams import stream_of
from signalbus.core import tracing
from signalbus.core.logs import get_logger
from signalbus.core.metrics import (
    NOTIFICATION_DLQ,
    NOTIFICATION_END_TO_END_SECONDS,
    NOTIFICATION_RETRIES,
    NOTIFICATION_SEND_DURATION_SECONDS,
    NOTIFICATIONS_ATTEMPTED,
    NOTIFICATIONS_ENQUEUED,
    NOTIFICATIONS_PROCESSED,
    stream_labels,
)
from signalbus.core.redis import hint

log = get_logger(__name__)

Failure = DeliveryError | GivenUp

BADLY = frozenset({Status.FAILED, Status.DEAD, Status.UNKNOWN})


def begin(channel: str, lanes: Sequence[str]) -> None:
    """Show what may be counted of a channel, so that a rate sees the first of each too."""
    for lane, status in product(lanes, Status):
        NOTIFICATIONS_PROCESSED.labels(channel, lane, status.value)
        NOTIFICATION_END_TO_END_SECONDS.labels(channel, lane)
    for error_class in ErrorClass:
        NOTIFICATION_DLQ.labels(channel, error_class.value)


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
    settled(finished.call.item, verdict.status, verdict.error)


def _is_redriven(call: Call) -> bool:
    """Whether it was settled before: with attempts that its present entry knows nothing of, unless
    they met an open breaker, which counts as no try."""
    facts = call.item.facts
    uncounted = facts.error_class == ErrorClass.PROVIDER_DOWN
    return bool(facts.redrives) or (call.number - 1 > facts.tries and not uncounted)


def settled(item: Item, status: Status, error: Failure | None) -> None:
    """A delivery ended; `error` is what it failed of, if it did."""
    facts = item.facts
    flooding.note(item, status, error)
    NOTIFICATIONS_PROCESSED.labels(facts.channel, facts.lane, status.value).inc()
    if status is Status.DEAD:
        NOTIFICATION_DLQ.labels(facts.channel, error.error_class.value if error else "").inc()
    if status in BADLY:
        _warn(item, status, error)


def _warn(item: Item, status: Status, error: Failure | None) -> None:
    """Without address and detail: what a provider says may quote the message."""
    facts = item.facts
    with tracing.span("delivery.ended_badly", parent=item.received.envelope.trace):
        log.warning(
            f"delivery.{status.value}",
            tenant=item.tenant.name,
            delivery=str(facts.delivery),
            notification=str(facts.notification),
            channel=facts.channel,
            error_class=error.error_class.value if error else "",
            code=error.code if error else "",
        )


def fallen(again: Sequence[Watched], made: Sequence[MadeRow]) -> None:
    """Deliveries have been put into the line, or skipped, for want of a receipt of others."""
    for row in made:
        if row.status == Status.SKIPPED:
            NOTIFICATIONS_PROCESSED.labels(row.channel, row.lane, row.status).inc()
    streams = [stream_of(watched.channel, watched.lane) for watched in again]
    streams += [row.stream for row in made if row.status == Status.QUEUED]
    for stream, count in Counter(streams).items():
        NOTIFICATIONS_ENQUEUED.labels(*stream_labels(stream)).inc(count)
        hint(stream)
