"""The shapes of the bodies that ask for notifications, exactly as the contract writes them.

They say what is there and of which type; what the values mean is checked in checking.py.
"""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from signalbus.bus.streams import Channel, Lane

MOST_ITEMS = 1_000
MOST_CHANNELS = 20

Identifier = Annotated[str, Meta(min_length=1, max_length=255)]
Topic = Annotated[str, Meta(min_length=1, max_length=100)]
Correlation = Annotated[str, Meta(max_length=128)]
Moment = Annotated[datetime, Meta(tz=True)]
# Described only: which there are is checked later, in the words of this API.
ChannelName = Annotated[str, Meta(extra_json_schema={"enum": [each.value for each in Channel]})]
Channels = Annotated[list[ChannelName], Meta(min_length=1, max_length=MOST_CHANNELS)]
Data = dict[str, Any]


class Shape(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A JSON object that may hold nothing but its fields."""


class RecipientIn(Shape, frozen=True, kw_only=True):
    """A person in a request; a field that is absent or null leaves what is known as it is."""

    id: Annotated[
        Identifier | None, Meta(description="The id of your own; with it the person is remembered.")
    ] = None
    email: Annotated[str | None, Meta(description="The e-mail address.")] = None
    phone: Annotated[str | None, Meta(description="The phone number with its country code.")] = None
    locale: Annotated[str | None, Meta(description="Such as `en` or `fr-CA`.")] = None
    time_zone: Annotated[
        str | None, Meta(description="A zone of the IANA database, such as `Europe/Paris`.")
    ] = None
    attributes: Annotated[
        Data | None, Meta(description="Anything that templates may use, as `recipient.attributes`.")
    ] = None


class Terms(Shape, frozen=True, kw_only=True):
    """When, how urgently and in which connection a notification is to go out."""

    data: Annotated[
        Data, Meta(description="What the templates need, as their variables; at most 256 KiB.")
    ] = {}
    send_at: Annotated[
        Moment | None,
        Meta(
            description="When to send it, a time with its zone, at most a year ahead; null or "
            "a past time: at once."
        ),
    ] = None
    expires_at: Annotated[
        Moment | None,
        Meta(
            description="What is not sent by then is given up; null: the installation's deadline."
        ),
    ] = None
    priority: Annotated[
        Lane | None,
        Meta(
            description="`high`, `normal` or `bulk`: which lane it takes; null: the policy's, "
            "or `normal`."
        ),
    ] = None
    correlation_id: Annotated[
        Correlation | None,
        Meta(
            description="Your own mark, such as an order's number; it is shown and can be "
            "searched for."
        ),
    ] = None


class NotifyRequest(Terms, frozen=True, kw_only=True):
    """Something happened to somebody: the topic's policy decides what is sent."""

    topic: Annotated[
        Topic,
        Meta(
            description="The kind of event, such as `order.shipped`; its policy decides what "
            "is sent."
        ),
    ]
    recipient: Annotated[
        RecipientIn | Identifier,
        Meta(description="Whom to tell: an object, or the id of somebody known."),
    ]
    channels: Annotated[
        Channels | None, Meta(description="Only these of the policy's channels; null: all of them.")
    ] = None


class DirectRequest(Terms, frozen=True, kw_only=True):
    """One message on one channel, without a policy."""

    channel: Annotated[ChannelName, Meta(description="`email` or `sms`.")]
    to: Annotated[
        str | None, Meta(description="The address to send to, instead of a recipient.")
    ] = None
    recipient: Annotated[
        RecipientIn | Identifier | None,
        Meta(description="Whom to tell: an object, or the id of somebody known."),
    ] = None
    locale: Annotated[
        str | None,
        Meta(
            description="The language, such as `fr-CA`; null: the recipient's, else the tenant's."
        ),
    ] = None
    template: Annotated[
        str | None, Meta(description="The name of a template, instead of texts of your own.")
    ] = None
    subject: Annotated[
        str | None,
        Meta(
            description="The subject of an e-mail without a template; Liquid where `data` is given."
        ),
    ] = None
    text: Annotated[
        str | None,
        Meta(description="The text, instead of a template; Liquid where `data` is given."),
    ] = None
    html: Annotated[
        str | None,
        Meta(description="The HTML of an e-mail without a template; Liquid where `data` is given."),
    ] = None


class PublishRequest(Terms, frozen=True, kw_only=True):
    """Something happened to many people at once; the topic stands in the path."""

    recipients: Annotated[
        Annotated[list[Any], Meta(min_length=1, max_length=MOST_ITEMS)] | None,
        Meta(description="Whom to tell, 1 to 1,000: objects, or ids of people who are known."),
    ] = None
    audience: str | None = None
    channels: Annotated[
        Channels | None, Meta(description="Only these of the policy's channels; null: all of them.")
    ] = None


class BatchRequest(Shape, frozen=True, kw_only=True):
    """Up to a thousand requests in one body; each is read on its own, so one harms no other."""

    items: Annotated[
        Annotated[list[Any], Meta(min_length=1, max_length=MOST_ITEMS)],
        Meta(description="The requests, 1 to 1,000, each with a topic or a channel."),
    ]


class NotifyItem(NotifyRequest, frozen=True, kw_only=True):
    """A request for a topic inside a batch."""

    idempotency_key: Annotated[
        Identifier | None, Meta(description="Makes this one item safe to repeat.")
    ] = None


class DirectItem(DirectRequest, frozen=True, kw_only=True):
    """A direct request inside a batch."""

    idempotency_key: Annotated[
        Identifier | None, Meta(description="Makes this one item safe to repeat.")
    ] = None


class ItemBody(Terms, frozen=True, kw_only=True):
    """With `topic` the shape of `/notify`, with `channel` that of `/notifications`."""

    topic: Annotated[
        Topic | None,
        Meta(
            description="The kind of event, such as `order.shipped`; its policy decides what "
            "is sent."
        ),
    ] = None
    recipient: Annotated[
        RecipientIn | Identifier | None,
        Meta(description="Whom to tell: an object, or the id of somebody known."),
    ] = None
    channels: Annotated[
        Channels | None, Meta(description="Only these of the policy's channels; null: all of them.")
    ] = None
    channel: Annotated[ChannelName | None, Meta(description="`email` or `sms`.")] = None
    to: Annotated[
        str | None, Meta(description="The address to send to, instead of a recipient.")
    ] = None
    locale: Annotated[
        str | None,
        Meta(
            description="The language, such as `fr-CA`; null: the recipient's, else the tenant's."
        ),
    ] = None
    template: Annotated[
        str | None, Meta(description="The name of a template, instead of texts of your own.")
    ] = None
    subject: Annotated[
        str | None,
        Meta(
            description="The subject of an e-mail without a template; Liquid where `data` is given."
        ),
    ] = None
    text: Annotated[
        str | None,
        Meta(description="The text, instead of a template; Liquid where `data` is given."),
    ] = None
    html: Annotated[
        str | None,
        Meta(description="The HTML of an e-mail without a template; Liquid where `data` is given."),
    ] = None
    idempotency_key: Annotated[
        Identifier | None, Meta(description="Makes this one item safe to repeat.")
    ] = None


class BatchBody(Shape, frozen=True, kw_only=True):
    """Up to a thousand requests."""

    # For the OpenAPI document alone; the items are read as NotifyItem or DirectItem.
    items: Annotated[
        Annotated[list[ItemBody], Meta(min_length=1, max_length=MOST_ITEMS)],
        Meta(description="The requests, 1 to 1,000, each with a topic or a channel."),
    ]


class PublishBody(Terms, frozen=True, kw_only=True):
    """Something happened to many people at once."""

    # For the OpenAPI document alone, which has no `audience`: what is refused is not described.
    recipients: Annotated[
        Annotated[list[RecipientIn | Identifier], Meta(min_length=1, max_length=MOST_ITEMS)],
        Meta(description="Whom to tell, 1 to 1,000: objects, or ids of people who are known."),
    ]
    channels: Annotated[
        Channels | None, Meta(description="Only these of the policy's channels; null: all of them.")
    ] = None
