"""Redriving: what failed, gave up, bounced or stayed unknown goes into the line once more.

It gets a new entry, a new deadline and a new budget of tries. `Delivery.redrives` counts the keys
that providers were given for it: after an unknown outcome the key stays the same, so that a
provider which has taken the message already may notice, and the delivery is marked as possibly
repeated; in every other case the last attempt came to nothing, and a new key makes sure that it is
not refused as a repetition. The mark of an earlier unknown outcome stays, for that attempt may have
got through. A delivery whose address is suppressed stays as it is: the gate would only skip it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from delivery.models import DeadLetter
from delivery.redrive_account import Named
from delivery.suppressed import LeftOut, left_out
from notifications import status_sql
from notifications.models import Action, Delivery, Notification
from notifications.patience import deadline_after
from notifications.states import REDRIVABLE, Status
from signalbus.bus import outbox
from signalbus.bus.entries import Held, NewEntry
from signalbus.bus.streams import stream_of
from signalbus.core import tracing
from signalbus.core.metrics import DLQ_REPLAYED
from tenants import identity
from tenants.audit.acts import Act
from tenants.audit.notes import note_each
from tenants.context import current_schema

VERB = "redrive"
NOT_FOUND = "There is no such notification in this mode."
NOTHING = "Nothing of it failed, gave up, bounced or stayed unknown: it is {status}."
NOTHING_THERE = "On the channel {channel} " + NOTHING[0].lower() + NOTHING[1:]
UNKNOWN = Q(status=Status.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRedrive:
    """A notification of which nothing was redriven, and why."""

    notification: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Redriven:
    """The deliveries that are in the line again, and the notifications that had none to offer.

    `left` are the deliveries whose address is suppressed, of either kind of notification.
    """

    deliveries: tuple[UUID, ...]
    refused: tuple[RefusedRedrive, ...]
    left: tuple[LeftOut, ...] = ()

    @property
    def count(self) -> int:
        return len(self.deliveries)


@transaction.atomic
def redrive(
    mode: str, notifications: Sequence[UUID], actor: str, account: Named | None = None
) -> Redriven:
    """Redrives all that can be of the current tenant's notifications of this mode.

    With an account, it is the only one to be used, and what is on another channel stays. The
    number of statements does not depend on theirs. A second call finds nothing to do. Raises
    nothing for what cannot be redriven: it stands in `refused`.
    """
    asked = Delivery.objects.filter(notification_id__in=notifications, mode=mode)
    if account:
        asked = asked.filter(channel=account.channel)
    candidates = asked.filter(status__in=REDRIVABLE).order_by("id")
    held = outbox.lock(list(candidates.values_list("id", flat=True)))
    found = _redrivable(candidates, held)
    left = left_out(mode, found)
    rows = [row for row in found if row.id not in left]
    if rows:
        _requeue(rows, account)
        outbox.publish(_entries(rows))
        _remember(rows, actor)
        transaction.on_commit(partial(_count, [row.channel for row in rows]))
    return Redriven(
        deliveries=tuple(row.id for row in rows),
        refused=_refused(mode, notifications, {row.notification_id for row in rows}, left, account),
        left=tuple(left.values()),
    )


def _redrivable(candidates: QuerySet[Delivery], held: Mapping[UUID, Held]) -> list[Delivery]:
    """The deliveries, locked, that are still settled so and have no place in the line."""
    locked = candidates.annotate(topic=F("notification__topic")).select_for_update(of=("self",))
    return [row for row in locked if row.id not in held]


def _requeue(rows: Sequence[Delivery], account: Named | None) -> None:
    Delivery.objects.filter(id__in=[row.id for row in rows]).update(
        redrives=F("redrives") + Case(When(UNKNOWN, then=Value(0)), default=Value(1)),
        possibly_repeated=Case(When(UNKNOWN, then=Value(True)), default=F("possibly_repeated")),
        status=Status.QUEUED,
        deadline=_deadlines(rows),
        wanted_account=account.id if account else None,
        settled_at=None,
        error_class="",
        error_code="",
        detail="",
    )


def _deadlines(rows: Iterable[Any]) -> Case:
    """A new deadline from now, as patient as the topic, the channel and the lane are."""
    alike: dict[tuple[str, str, str], list[UUID]] = {}
    for row in rows:
        alike.setdefault((row.topic, row.channel, row.lane), []).append(row.id)
    now = timezone.now()
    return Case(
        *(When(id__in=ids, then=Value(now + deadline_after(*way))) for way, ids in alike.items())
    )


def _entries(rows: Sequence[Delivery]) -> list[NewEntry]:
    tenant = identity.by_schema(current_schema())
    trace = tracing.current_traceparent()
    recipients = dict(
        Notification.objects.filter(id__in={row.notification_id for row in rows}).values_list(
            "id", "recipient_id"
        )
    )
    return [
        NewEntry(
            id=row.id,
            stream=stream_of(row.channel, row.lane),
            tenant_id=tenant.id,
            partition_key=outbox.partition_key(
                tenant.id, recipients.get(row.notification_id) or row.notification_id
            ),
            delivery=row.id,
            trace=trace,
        )
        for row in rows
    ]


def _remember(rows: Sequence[Delivery], actor: str) -> None:
    """The dead letters leave the list; the timeline tells who did it; the status is anew."""
    now = timezone.now()
    DeadLetter.objects.filter(
        delivery_id__in=[row.id for row in rows], redriven_at__isnull=True
    ).update(redriven_at=now)
    of_notification: dict[UUID, list[UUID]] = {}
    for row in rows:
        of_notification.setdefault(row.notification_id, []).append(row.id)
    Action.objects.bulk_create(
        Action(
            notification_id=notification,
            deliveries=deliveries,
            verb=VERB,
            actor=actor,
            created_at=now,
        )
        for notification, deliveries in of_notification.items()
    )
    note_each(Act.REDRIVE, (Notification(id=each) for each in of_notification))
    status_sql.recompute(of_notification)


def _refused(
    mode: str,
    asked: Sequence[UUID],
    redriven: set[UUID],
    left: Mapping[UUID, LeftOut],
    account: Named | None,
) -> tuple[RefusedRedrive, ...]:
    others = [each for each in dict.fromkeys(asked) if each not in redriven]
    if not others:
        return ()
    rows = Notification.objects.filter(id__in=others, mode=mode)
    reasons = {
        key: _nothing(account).format(status=status)
        for key, status in rows.values_list("id", "status")
    }
    reasons.update(_suppressed(left.values()))
    return tuple(
        RefusedRedrive(notification=each, reason=reasons.get(each, NOT_FOUND)) for each in others
    )


def _nothing(account: Named | None) -> str:
    return NOTHING_THERE.replace("{channel}", account.channel) if account else NOTHING


def _suppressed(left: Iterable[LeftOut]) -> dict[UUID, str]:
    """Notification → what to do about the suppressed addresses of its deliveries."""
    words: dict[UUID, list[str]] = {}
    for each in left:
        words.setdefault(each.notification, []).append(each.detail)
    return {notification: " ".join(details) for notification, details in words.items()}


def _count(channels: Sequence[str]) -> None:
    for channel, number in Counter(channels).items():
        DLQ_REPLAYED.labels(channel).inc(number)
