"""Which deliveries cannot be redriven because their address is not to be used."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower, Now

from notifications.models import Delivery, Suppression
from notifications.policies import by_topic
from notifications.states import Skip
from signalbus.core.masking import mask_address

STANDS = Q(expires_at=None) | Q(expires_at__gt=Now())
WORDS = (
    "The address {address} is suppressed on {channel} ({reason}), so nothing is sent to it. Remove "
    "the suppression first, with DELETE /api/v1/suppressions/{id} or in the console below "
    "Suppressions, then redrive."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A delivery that stays as it is; `why` is the suppression's reason, `detail` what to do."""

    delivery: UUID
    notification: UUID
    channel: str
    suppression: int
    why: str
    detail: str

    @property
    def reason(self) -> str:
        """The reason that a delivery has which is not made because of a suppression."""
        return str(Skip.SUPPRESSED)


def is_suppressed(mode: str) -> Q:
    """What deliveries of the mode fulfil whose address is suppressed, for a reason that counts."""
    held = Suppression.objects.filter(
        STANDS, mode=mode, channel=OuterRef("channel"), address=Lower(OuterRef("address"))
    )
    found = Q(Exists(held))
    for topic, reasons in _overrides().items():
        found &= ~Q(notification__topic=topic) | Q(Exists(held.exclude(reason__in=reasons)))
    return found


def left_out(mode: str, rows: Sequence[Any]) -> Mapping[UUID, LeftOut]:
    """Those of the deliveries whose address is suppressed, by id: one query for all.

    The rows carry their `topic`, whose policy may have some reasons passed over.
    """
    held, overrides = _suppressions(mode, rows), _overrides()
    found = {row.id: held.get((row.channel, row.address.lower())) for row in rows}
    return {
        row.id: _left_out(row, each)
        for row in rows
        if (each := found[row.id]) and each.reason not in overrides.get(row.topic, ())
    }


def _overrides() -> Mapping[str, frozenset[str]]:
    """Topic → the reasons that it is sent in spite of, of the topics that have any."""
    return {topic: each.overrides for topic, each in by_topic().items() if each.overrides}


def _suppressions(mode: str, rows: Iterable[Delivery]) -> Mapping[tuple[str, str], Suppression]:
    addresses = {row.address.lower() for row in rows}
    found = Suppression.objects.filter(STANDS, mode=mode, address__in=addresses)
    return {(each.channel, each.address): each for each in found}


def _left_out(row: Delivery, held: Suppression) -> LeftOut:
    words = WORDS.format(
        address=mask_address(row.address), channel=row.channel, reason=held.reason, id=held.id
    )
    return LeftOut(
        delivery=row.id,
        notification=row.notification_id,
        channel=row.channel,
        suppression=held.id,
        why=held.reason,
        detail=words,
    )
