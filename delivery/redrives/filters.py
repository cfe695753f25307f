"""What deliveries can be chosen by for a redrive; the names are those of the lists' filters."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from django.db.models import Exists, OuterRef, Q
from msgspec import Meta, Struct

from delivery.errors import ErrorClass
from delivery.history.search import LEEWAY, created, ids
from delivery.models import DeadLetter
from notifications.cancel import IN_DOUBT
from notifications.fields import stored_form
from notifications.states import REDRIVABLE, Status
from signalbus.bus.streams import Channel

Moment = Annotated[datetime, Meta(tz=True)]
Word = Annotated[str, Meta(min_length=1, max_length=320)]


class Redrivable(StrEnum):
    """The states that a delivery can be redriven from."""

    FAILED = Status.FAILED.value
    DEAD = Status.DEAD.value
    BOUNCED = Status.BOUNCED.value
    UNKNOWN = Status.UNKNOWN.value


class RedriveFilter(
    Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Exact values, all of which have to be true of a delivery; what is absent asks nothing."""

    status: Annotated[
        Redrivable | None,
        Meta(description="`failed`, `dead`, `bounced` or `unknown`; absent: any of them."),
    ] = None
    channel: Annotated[Channel | None, Meta(description="The delivery's channel.")] = None
    topic: Annotated[Word | None, Meta(description="The kind of event.")] = None
    recipient: Annotated[Word | None, Meta(description="The recipient's id, as you gave it.")] = (
        None
    )
    to: Annotated[Word | None, Meta(description="The delivery's address.")] = None
    provider: Annotated[
        Word | None, Meta(description="The kind of provider that it went through, such as `smtp`.")
    ] = None
    account: Annotated[
        Word | None,
        Meta(description="The account that it went through last, by its id or its name."),
    ] = None
    error_class: Annotated[
        ErrorClass | None, Meta(description="Why it failed, such as `provider_down`.")
    ] = None
    correlation_id: Annotated[Word | None, Meta(description="As you gave it.")] = None
    batch: Annotated[UUID | None, Meta(description="The batch that it came in.")] = None
    notification: Annotated[
        UUID | None, Meta(description="The notification that it belongs to.")
    ] = None
    created_after: Annotated[
        Moment | None, Meta(description="Accepted at that moment or later.")
    ] = None
    created_before: Annotated[Moment | None, Meta(description="Accepted before that moment.")] = (
        None
    )
    acknowledged: Annotated[
        bool, Meta(description="Whether acknowledged dead letters are redriven as well.")
    ] = False

    @property
    def named(self) -> dict[str, Any]:
        """What it names, as JSON: such as `{"topic": "order.shipped"}`."""
        found: dict[str, Any] = msgspec.to_builtins(self)
        return found

    @property
    def is_empty(self) -> bool:
        """Whether it chooses nothing, so that everything would be redriven."""
        return not self.named.keys() - {"acknowledged"}


NAMES = tuple(name for name in RedriveFilter.__struct_fields__ if name != "acknowledged")
NOTHING_NAMED = f"Name at least one of {', '.join(NAMES)}: without a filter all would be redriven."
# The column of each name that is compared as it stands.
COLUMNS = {
    "status": "status",
    "channel": "channel",
    "provider": "provider",
    "error_class": "error_class",
    "topic": "notification__topic",
    "recipient": "notification__recipient_ref",
    "correlation_id": "notification__correlation_id",
    "batch": "notification__batch",
    "notification": "notification_id",
}
# All are named, so that the index of channel, status and id serves.
ANYWHERE = Q(channel__in=list(Channel), status__in=sorted(REDRIVABLE))
ACKNOWLEDGED = Exists(
    DeadLetter.objects.filter(
        delivery_id=OuterRef("id"), acknowledged_at__isnull=False, redriven_at=None
    )
)
# Somebody did not want it to be sent (again): it is redriven only by its notification's id.
CANCELLED = Q(status=Status.UNKNOWN, error_code=IN_DOUBT)


def condition(mode: str, wanted: RedriveFilter, account: UUID | None) -> Q:
    """What deliveries of the mode have to fulfil; `account` is the id of the filter's account."""
    given = {column: getattr(wanted, name) for name, column in COLUMNS.items()}
    found = ANYWHERE & Q(mode=mode, **{key: each for key, each in given.items() if each})
    if wanted.to:
        found &= Q(address=stored_form(wanted.to))
    if account:
        found &= Q(account_id=account)
    if wanted.created_after:  # no delivery is made before its notification
        found &= ids("id__gte", wanted.created_after, -LEEWAY)
    found &= created(wanted.created_after, wanted.created_before, "notification__")
    if not wanted.notification:
        found &= ~CANCELLED
    return found if wanted.acknowledged else found & ~Q(ACKNOWLEDGED)
