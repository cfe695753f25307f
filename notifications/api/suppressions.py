"""`/suppressions`: addresses that are not to be used, of the key's own mode."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import QuerySet
from msgspec import UNSET, Meta, Struct, UnsetType

from notifications import fields, lapsed
from notifications.models import Suppression
from notifications.models.suppression import SuppressionReason
from signalbus.api.conflicts import Unique
from signalbus.api.filters import Filter
from signalbus.api.operations import choice, identifier, text
from signalbus.api.problems import PointedError, invalid
from signalbus.api.resources import Collection, Item, set_fields
from signalbus.bus.streams import Channel
from signalbus.core import personal

REASONS = SuppressionReason.values
Note = Annotated[str, Meta(max_length=300)]
Moment = Annotated[datetime, Meta(tz=True)]


FILTERS = (
    Filter(lookup="address", parameter=text("address", "The address."), form=fields.stored_form),
    Filter(lookup="channel", parameter=choice("channel", "The channel.", list(Channel))),
    Filter(lookup="reason", parameter=choice("reason", "Why it is not used.", REASONS)),
    Filter(
        lookup="source_delivery",
        parameter=identifier("delivery", "The delivery that it came from."),
    ),
)


class SuppressionIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """An address of a channel; without `expires_at` it is never used again."""

    channel: Annotated[Channel, Meta(description="`email` or `sms`.")]
    address: Annotated[
        str, Meta(description="The e-mail address or phone number that is not to be used.")
    ]
    note: Annotated[Note, Meta(description="Why, in your own words.")] = ""
    expires_at: Annotated[Moment | None, Meta(description="Until when; null: for ever.")] = None


class SuppressionChanges(Struct, forbid_unknown_fields=True, kw_only=True):
    """What of a suppression may change."""

    note: Annotated[Note | UnsetType, Meta(description="Why, in your own words.")] = UNSET
    expires_at: Annotated[
        Moment | UnsetType | None, Meta(description="Until when; null: for ever.")
    ] = UNSET


class SuppressionOut(Struct, kw_only=True):
    """A suppression, and what it came from."""

    id: Annotated[int, Meta(description="Its id, a number.")]
    channel: Annotated[str, Meta(description="`email` or `sms`.")]
    address: Annotated[str, Meta(description="The address that is not used, in its usual form.")]
    reason: Annotated[str, Meta(description=f"One of {', '.join(REASONS)}.")]
    note: Annotated[str, Meta(description="Why, in your own words.")]
    delivery: Annotated[
        UUID | None,
        Meta(description="The delivery that it came from; null where a person made it."),
    ]
    receipt: Annotated[
        UUID | None,
        Meta(description="The receipt that it came from; null where none told of it."),
    ]
    expires_at: Annotated[datetime | None, Meta(description="Until when; null: for ever.")]
    created_at: Annotated[datetime, Meta(description="When it was made.")]


class Suppressions:
    """What the list and the item share."""

    noun = "a suppression"
    nouns = "suppressions"
    answer = SuppressionOut
    unique = Unique(field="address", advice="GET /api/v1/suppressions?address={value} shows it.")
    mode: str

    def rows(self) -> QuerySet[Suppression]:
        return Suppression.objects.filter(mode=self.mode)

    def show(self, rows: Sequence[Suppression]) -> list[SuppressionOut]:
        return [_shown(row) for row in rows]


class SuppressionList(Suppressions, Collection[Suppression]):
    """`/suppressions`"""

    body = SuppressionIn
    filters = FILTERS

    def create(self, asked: Any) -> Suppression:
        address = _address(asked)
        lapsed.give_way(self.mode, asked.channel, address)
        return Suppression.objects.create(
            mode=self.mode,
            channel=asked.channel,
            address=address,
            reason=SuppressionReason.MANUAL,
            note=asked.note,
            expires_at=asked.expires_at,
        )


class SuppressionItem(Suppressions, Item[Suppression]):
    """`/suppressions/{id}`"""

    changes = SuppressionChanges

    def change(self, row: Suppression, changes: Any) -> Suppression:
        set_fields(row, changes, ["note", "expires_at"])
        row.save(update_fields=["note", "expires_at"])
        return row


def _address(asked: SuppressionIn) -> str:
    try:
        return fields.ADDRESS_FORMS[asked.channel](asked.address)
    except ValueError as error:
        raise invalid(PointedError("/address", str(error))) from error


def _shown(row: Suppression) -> SuppressionOut:
    return SuppressionOut(
        id=row.id,
        channel=row.channel,
        address=personal.address(row.address),
        reason=row.reason,
        note=personal.words(row.note),
        delivery=row.source_delivery,
        receipt=row.source_receipt,
        expires_at=row.expires_at,
        created_at=row.created_at,
    )
