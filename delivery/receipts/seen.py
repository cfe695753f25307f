"""What receipts tell the outside once they are stored: metrics, and a line in the log for each
delivery that ended badly by one.
"""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from delivery.receipts import traces
from delivery.receipts.events import ReceiptEvent
from notifications.states import Status
from signalbus.api.problems import Problem
from signalbus.core import tracing
from signalbus.core.logs import get_logger
from signalbus.core.metrics import NOTIFICATIONS_PROCESSED, RECEIPTS
from tenants import identity

if TYPE_CHECKING:
    from delivery.receipts.doors import Door

log = get_logger(__name__)

BADLY = frozenset({Status.BOUNCED, Status.FAILED})
# What services tell beside receipts, in anymail's words and in Twilio's; all else is `other`.
IGNORED = frozenset(
    {
        "accepted",
        "autoresponded",
        "clicked",
        "opened",
        "queued",
        "scheduled",
        "sending",
        "sent",
        "subscribed",
    }
)


def moved(schema: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Deliveries that receipts have moved, as the statements of receipts.sql tell them."""
    for (channel, lane, status), number in Counter(row[2:5] for row in rows).items():
        NOTIFICATIONS_PROCESSED.labels(channel, lane, status).inc(number)
    told = rows if tracing.recording() else [row for row in rows if row[4] in BADLY]
    if told:
        _tell(schema, told)


def taken(door: "Door", events: Sequence[ReceiptEvent], outcomes: Sequence[str]) -> None:
    """Receipts of a hook are stored."""
    for event, outcome in zip(events, outcomes, strict=True):
        _count(door, event.kind, outcome)


def strays(door: "Door", events: Sequence[ReceiptEvent]) -> None:
    """Receipts of the platform's account that belong to no tenant, as far as is known by now."""
    for event in events:
        _count(door, event.kind, "stray")
        log.info(
            "receipt.stray",
            account=str(door.account.id),
            receipt=event.kind.value,
            reference=event.reference,
        )


def inbound(door: "Door", number: int, taken_by_somebody: int) -> None:
    """Messages that people sent."""
    _count(door, "inbound", "applied", taken_by_somebody)
    _count(door, "inbound", "ignored", number - taken_by_somebody)


def ignored(door: "Door", words: Sequence[str]) -> None:
    """Events that nothing follows from."""
    for word in words:
        _count(door, word if word in IGNORED else "other", "ignored")


def refused(door: "Door", problem: Problem) -> None:
    """A request that was not proven, or made no sense."""
    _count(door, "request", "refused")
    log.warning("hook.refused", account=str(door.account.id), status=problem.status)


def _count(door: "Door", event: str, outcome: str, number: int = 1) -> None:
    if number:
        RECEIPTS.labels(door.account.kind, str(event), str(outcome)).inc(number)


def _tell(schema: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Spans and lines of the log, under the trace of whoever asked for the notification."""
    asked = traces.of_notifications(schema, (row[1] for row in rows))
    for row in rows:
        with traces.told(asked.get(row[1], ""), row):
            if row[4] in BADLY:
                _warn(schema, row)


def _warn(schema: str, row: tuple[Any, ...]) -> None:
    """Without address and detail: what a provider says may quote the message."""
    delivery, notification, channel, _lane, status, error_class, code = row
    log.warning(
        f"delivery.{status}",
        tenant=identity.by_schema(schema).name,
        delivery=str(delivery),
        notification=str(notification),
        channel=channel,
        error_class=error_class,
        code=code,
        told_by="receipt",
    )
