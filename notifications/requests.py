"""The shapes of the bodies that ask for notifications, exactly as the contract writes them.

They say what is there and of which type; what the values mean is checked in checking.py.
"""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from signalbus.bus.streams import Lane

MOST_ITEMS = 1_000
MOST_CHANNELS = 20

Identifier = Annotated[str, Meta(min_length=1, max_length=255)]
Topic = Annotated[str, Meta(min_length=1, max_length=100)]
Correlation = Annotated[str, Meta(max_length=128)]
Moment = Annotated[datetime, Meta(tz=True)]
Channels = Annotated[list[str], Meta(min_length=1, max_length=MOST_CHANNELS)]
Data = dict[str, Any]


class Shape(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A JSON object that may hold nothing but its fields."""


class RecipientIn(Shape, frozen=True, kw_only=True):
    """A person in a request; a field that is absent or null leaves what is known as it is."""

    id: Identifier | None = None
    email: str | None = None
    phone: str | None = None
    locale: str | None = None
    time_zone: str | None = None
    attributes: Data | None = None


class Terms(Shape, frozen=True, kw_only=True):
    """When, how urgently and in which connection a notification is to go out."""

    data: Data = {}
    send_at: Moment | None = None
    expires_at: Moment | None = None
    priority: Lane | None = None
    correlation_id: Correlation | None = None


class NotifyRequest(Terms, frozen=True, kw_only=True):
    """Something happened to somebody: the topic's policy decides what is sent."""

    topic: Topic
    recipient: RecipientIn | Identifier
    channels: Channels | None = None


class DirectRequest(Terms, frozen=True, kw_only=True):
    """One message on one channel, without a policy."""

    channel: str
    to: str | None = None
    recipient: RecipientIn | Identifier | None = None
    locale: str | None = None
    template: str | None = None
    subject: str | None = None
    text: str | None = None
    html: str | None = None


class PublishRequest(Terms, frozen=True, kw_only=True):
    """Something happened to many people at once; the topic stands in the path."""

    recipients: Annotated[list[Any], Meta(min_length=1, max_length=MOST_ITEMS)] | None = None
    audience: str | None = None
    channels: Channels | None = None


class BatchRequest(Shape, frozen=True, kw_only=True):
    """Up to a thousand requests in one body; each is read on its own, so one harms no other."""

    items: Annotated[list[Any], Meta(min_length=1, max_length=MOST_ITEMS)]


class NotifyItem(NotifyRequest, frozen=True, kw_only=True):
    """A request for a topic inside a batch."""

    idempotency_key: Identifier | None = None


class DirectItem(DirectRequest, frozen=True, kw_only=True):
    """A direct request inside a batch."""

    idempotency_key: Identifier | None = None


class ItemBody(Terms, frozen=True, kw_only=True):
    """With `topic` the shape of `/notify`, with `channel` that of `/notifications`."""

    topic: Topic | None = None
    recipient: RecipientIn | Identifier | None = None
    channels: Channels | None = None
    channel: str | None = None
    to: str | None = None
    locale: str | None = None
    template: str | None = None
    subject: str | None = None
    text: str | None = None
    html: str | None = None
    idempotency_key: Identifier | None = None


class BatchBody(Shape, frozen=True, kw_only=True):
    """Up to a thousand requests."""

    # For the OpenAPI document alone; the items are read as NotifyItem or DirectItem.
    items: Annotated[list[ItemBody], Meta(min_length=1, max_length=MOST_ITEMS)]


class PublishBody(Terms, frozen=True, kw_only=True):
    """Something happened to many people at once."""

    # For the OpenAPI document alone, which has no `audience`: what is refused is not described.
    recipients: Annotated[list[RecipientIn | Identifier], Meta(min_length=1, max_length=MOST_ITEMS)]
    channels: Channels | None = None
