"""From plans to rows: notifications, deliveries and outbox entries.

A row has the names of the model's columns, so that answers.py shows rows that were just written
and rows that were read alike.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from notifications.answers import SCHEDULED
from notifications.deciding.patience import deadline
from notifications.deciding.policy import Decision
from notifications.planning import Plan
from notifications.states import Status, status_of_all
from notifications.values import Value
from signalbus.bus import outbox
from signalbus.bus.outbox import NewEntry
from signalbus.bus.streams import stream_of
from signalbus.core.ids import new_id

TRACE_ID = slice(3, 35)  # of a W3C traceparent


class NotificationRow(Value, frozen=True, kw_only=True):
    """What differs between the notifications of one transaction."""

    id: UUID
    topic: str
    status: str
    priority: str
    recipient_id: UUID | None
    recipient_ref: str
    correlation_id: str
    locale: str
    data: Mapping[str, Any]
    content: Mapping[str, Any] | None
    trace_id: str
    send_at: datetime | None
    expires_at: datetime | None


class DeliveryRow(Value, frozen=True, kw_only=True):
    """What differs between the deliveries of one transaction."""

    id: UUID
    notification_id: UUID
    channel: str
    lane: str
    status: str
    reason: str
    address: str
    template_version_id: UUID | None
    locale: str
    deadline: datetime | None
    settled_at: datetime | None
    detail: str

    @property
    def error_class(self) -> str:
        """Nothing has failed of what was just accepted."""
        return ""

    @property
    def fallback_of(self) -> None:
        """Nor was it made in another's place."""


class Origin(Value, frozen=True, kw_only=True):
    """What all rows of a transaction share; `patience` the installation's figures of trying."""

    tenant_id: int
    mode: str
    batch: UUID | None
    now: datetime
    patience: Mapping[str, float]


class Written(Value, frozen=True, kw_only=True):
    """The rows of one plan. `available_at` is when its deliveries are to go out."""

    notification: NotificationRow
    deliveries: Sequence[DeliveryRow]
    entries: Sequence[NewEntry]
    available_at: datetime


def make(plan: Plan, recipient: UUID | None, origin: Origin) -> Written:
    """The rows of a plan."""
    send_at = plan.asked.send_at
    later = send_at if send_at is not None and send_at > origin.now else None
    deliveries = [_delivery(plan, each, origin, later) for each in plan.decisions]
    return Written(
        notification=_notification(plan, recipient, deliveries),
        deliveries=deliveries,
        entries=_entries(plan, deliveries, recipient, origin, later),
        available_at=later or origin.now,
    )


def _notification(
    plan: Plan, recipient: UUID | None, deliveries: Sequence[DeliveryRow]
) -> NotificationRow:
    asked = plan.asked
    return NotificationRow(
        id=asked.id,
        topic=asked.topic,
        status=status_of_all(Status(row.status) for row in deliveries),
        priority=plan.priority,
        recipient_id=recipient,
        recipient_ref=asked.person.external_id,
        correlation_id=asked.correlation_id,
        locale=plan.locale,
        data=asked.data,
        content=asked.direct.content if asked.direct else None,
        trace_id=asked.trace[TRACE_ID],
        send_at=asked.send_at,
        expires_at=asked.expires_at,
    )


def _delivery(
    plan: Plan, decision: Decision, origin: Origin, later: datetime | None
) -> DeliveryRow:
    skipped = bool(decision.skip)
    patience = deadline(decision.channel, plan.priority, origin.patience, plan.retry)
    return DeliveryRow(
        id=new_id(),
        notification_id=plan.asked.id,
        channel=decision.channel,
        lane=plan.priority,
        status=Status.SKIPPED if skipped else Status.QUEUED,
        reason=decision.skip,
        address=decision.address,
        template_version_id=decision.version.id if decision.version else None,
        locale=decision.locale,
        deadline=None if skipped else plan.asked.expires_at or (later or origin.now) + patience,
        settled_at=origin.now if skipped else None,
        detail=decision.detail,
    )


def _entries(
    plan: Plan,
    deliveries: Sequence[DeliveryRow],
    recipient: UUID | None,
    origin: Origin,
    later: datetime | None,
) -> list[NewEntry]:
    """A place in the line for each delivery to be sent; nobody known is ordered by nothing."""
    key = outbox.partition_key(origin.tenant_id, recipient or plan.asked.id)
    return [
        NewEntry(
            id=row.id,
            stream=stream_of(row.channel, row.lane),
            tenant_id=origin.tenant_id,
            partition_key=key,
            delivery=row.id,
            available_at=later,
            reason=SCHEDULED if later else "",
            trace=plan.asked.trace,
        )
        for row in deliveries
        if row.status == Status.QUEUED
    ]
