"""Recipients and their addresses: list, create, show, change, delete; each key its own mode's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.http import Http404
from msgspec import UNSET, Meta, Struct, UnsetType

from notifications import fields
from notifications.api.single import context
from notifications.checks import Check
from notifications.models import Contact, Recipient
from notifications.requests import Data, Identifier, RecipientIn
from notifications.values import Person
from signalbus.api.conflicts import Unique
from signalbus.api.filters import Filter
from signalbus.api.operations import text
from signalbus.api.problems import invalid
from signalbus.api.resources import Collection, Item
from signalbus.bus.streams import Channel
from signalbus.core import personal

OWN_FIELDS = ("locale", "time_zone", "attributes")
EMPTY: dict[str, Any] = {"locale": "", "time_zone": "", "attributes": {}}


class NewRecipient(RecipientIn, frozen=True, kw_only=True):
    """A person, under an id of your own."""

    id: Annotated[Identifier, Meta(description="The id of your own.")]


class RecipientChanges(Struct, kw_only=True, forbid_unknown_fields=True):
    """What may change; null removes."""

    email: Annotated[str | UnsetType | None, Meta(description="The e-mail address.")] = UNSET
    phone: Annotated[
        str | UnsetType | None, Meta(description="The phone number with its country code.")
    ] = UNSET
    locale: Annotated[str | UnsetType | None, Meta(description="Such as `en` or `fr-CA`.")] = UNSET
    time_zone: Annotated[
        str | UnsetType | None,
        Meta(description="A zone of the IANA database, such as `Europe/Paris`."),
    ] = UNSET
    attributes: Annotated[
        Data | UnsetType | None,
        Meta(description="Anything that templates may use, as `recipient.attributes`."),
    ] = UNSET


class RecipientOut(Struct, kw_only=True):
    """A person as stored."""

    id: Annotated[str, Meta(description="The id of your own.")]
    email: Annotated[str | None, Meta(description="The e-mail address.")]
    phone: Annotated[str | None, Meta(description="The phone number with its country code.")]
    locale: Annotated[str | None, Meta(description="Such as `en` or `fr-CA`.")]
    time_zone: Annotated[
        str | None, Meta(description="A zone of the IANA database, such as `Europe/Paris`.")
    ]
    attributes: Annotated[
        Data, Meta(description="Anything that templates may use, as `recipient.attributes`.")
    ]
    created_at: Annotated[datetime, Meta(description="When it was made.")]
    updated_at: Annotated[datetime, Meta(description="When it was last changed.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFilter(Filter):
    """Keeps the recipients with that address on the channel that `lookup` names."""

    def condition(self, value: Any) -> Q:
        address = self.form(value) if self.form else value
        found = Contact.objects.filter(channel=self.lookup, address=address)
        return Q(id__in=found.values("recipient_id"))


class Recipients:
    """What the list and the item share."""

    noun = "a recipient"
    nouns = "recipients"
    answer = RecipientOut
    unique = Unique(field="id", advice="change it with PATCH /api/v1/recipients/{value}.")
    mode: str

    def rows(self) -> QuerySet[Recipient]:
        return Recipient.objects.filter(mode=self.mode).prefetch_related("contacts")

    def show(self, rows: Sequence[Recipient]) -> list[RecipientOut]:
        return [_shown(row) for row in rows]


class RecipientList(Recipients, Collection[Recipient]):
    """`/recipients`"""

    body = NewRecipient
    filters = (
        Filter(lookup="external_id", parameter=text("id", "The id, as you gave it.")),
        ContactFilter(
            lookup=Channel.EMAIL, parameter=text("email", "The address."), form=fields.email
        ),
        ContactFilter(
            lookup=Channel.SMS, parameter=text("phone", "The number."), form=fields.phone
        ),
    )

    def create(self, asked: Any) -> Recipient:
        given = _checked(asked)
        row = Recipient.objects.create(
            mode=self.mode,
            external_id=asked.id,
            locale=given.locale or "",
            time_zone=given.time_zone or "",
            attributes=given.attributes or {},
        )
        _put_addresses(row, given)
        return self.rows().get(id=row.id)


class RecipientItem(Recipients, Item[Recipient]):
    """`/recipients/{id}`"""

    changes = RecipientChanges

    def row(self, rows: QuerySet[Recipient]) -> Recipient:
        found = rows.filter(external_id=self.kwargs["id"]).first()
        if found is None:
            raise Http404
        return found

    def change(self, row: Recipient, changes: Any) -> Recipient:
        named = {name: getattr(changes, name) for name in changes.__struct_fields__}
        named = {name: value for name, value in named.items() if value is not UNSET}
        given = _checked(RecipientIn(id=row.external_id, **named))
        for name in OWN_FIELDS:
            if name in named:
                setattr(row, name, EMPTY[name] if named[name] is None else getattr(given, name))
        row.save()
        gone = [channel for name, channel in fields.ADDRESS_FIELDS.items() if name in named]
        row.contacts.filter(channel__in=gone).exclude(channel__in=list(given.addresses)).delete()
        _put_addresses(row, given)
        return self.rows().get(id=row.id)


def _checked(given: RecipientIn) -> Person:
    check = Check(context(), "")
    person = check.person(given, "")
    if check.errors:
        raise invalid(*check.errors)
    return person


def _put_addresses(row: Recipient, given: Person) -> None:
    for channel, address in given.addresses.items():
        row.contacts.update_or_create(channel=channel, defaults={"address": address})


def _shown(row: Recipient) -> RecipientOut:
    addresses = {contact.channel: contact.address for contact in row.contacts.all()}
    return RecipientOut(
        id=personal.words(row.external_id),
        email=personal.address(addresses.get(Channel.EMAIL, "")) or None,
        phone=personal.address(addresses.get(Channel.SMS, "")) or None,
        locale=row.locale or None,
        time_zone=row.time_zone or None,
        attributes=personal.content(row.attributes, {}),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
