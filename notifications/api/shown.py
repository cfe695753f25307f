"""How a notification is shown, for the OpenAPI document; answers.py makes the JSON itself."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct


class DeliveryOut(Struct, kw_only=True):
    """A delivery; `reason` says why it was skipped or waits, `available_at` until when.

    A skipped delivery has neither address nor time.
    """

    id: Annotated[UUID, Meta(description="Its id, a UUID.")]
    channel: Annotated[str, Meta(description="`email` or `sms`.")]
    status: Annotated[
        str,
        Meta(
            description="`queued`, `sending`, `held` or `retrying` while it is open; then "
            "`sent`, `delivered`, `skipped`, `failed`, `dead`, `bounced`, "
            "`unknown` or `cancelled`."
        ),
    ]
    reason: Annotated[
        str | None,
        Meta(
            description="Why it was skipped, waits or failed, such as `preference`, "
            "`scheduled` or `bad_address`."
        ),
    ]
    to: Annotated[str | msgspec.UnsetType, Meta(description="The address, masked.")] = msgspec.UNSET
    available_at: Annotated[
        datetime | msgspec.UnsetType | None,
        Meta(description="When its next turn comes; null where it waits for none."),
    ] = msgspec.UNSET
    fallback_of: Annotated[
        UUID | msgspec.UnsetType,
        Meta(description="Of one made in another's place, for want of a receipt: that one's id."),
    ] = msgspec.UNSET


class NotificationOut(Struct, kw_only=True):
    """A notification and its deliveries, with addresses masked."""

    id: Annotated[UUID, Meta(description="Its id, a UUID.")]
    topic: Annotated[
        str | None, Meta(description="The kind of event; null for a message without a policy.")
    ]
    status: Annotated[
        str,
        Meta(
            description="`queued` while anything of it is open; then what became of it: "
            "`delivered`, `sent`, `unknown`, `bounced`, `failed`, `dead`, "
            "`cancelled` or `skipped`."
        ),
    ]
    recipient: Annotated[
        str | None,
        Meta(
            description="The recipient's id, as you gave it; null where only an address was given."
        ),
    ]
    created_at: Annotated[datetime, Meta(description="When it was accepted.")]
    correlation_id: Annotated[str | None, Meta(description="Your own mark, as you gave it.")]
    trace_id: Annotated[str, Meta(description="Finds the request in logs and traces.")]
    deliveries: Annotated[list[DeliveryOut], Meta(description="One for each channel.")]


class ResultOut(Struct, kw_only=True, omit_defaults=True):
    """What became of one request of many; `status` is that of HTTP.

    Of an accepted one the members of a notification follow, of a refused one those of a problem.
    """

    index: Annotated[int, Meta(description="The place of the request, from 0.")]
    status: Annotated[int, Meta(description="As that of HTTP: 202, or why it was refused.")]
    replayed: Annotated[bool, Meta(description="Whether it had been accepted before.")] = False
    id: Annotated[UUID | msgspec.UnsetType, Meta(description="Its id, a UUID.")] = msgspec.UNSET
    topic: Annotated[str | msgspec.UnsetType | None, Meta(description="The kind of event.")] = (
        msgspec.UNSET
    )
    recipient: Annotated[
        str | msgspec.UnsetType | None, Meta(description="The recipient's id, as you gave it.")
    ] = msgspec.UNSET
    created_at: Annotated[
        datetime | msgspec.UnsetType, Meta(description="When it was accepted.")
    ] = msgspec.UNSET
    correlation_id: Annotated[
        str | msgspec.UnsetType | None, Meta(description="Your own mark, as you gave it.")
    ] = msgspec.UNSET
    trace_id: Annotated[
        str | msgspec.UnsetType, Meta(description="Finds the request in logs and traces.")
    ] = msgspec.UNSET
    deliveries: Annotated[
        list[DeliveryOut] | msgspec.UnsetType, Meta(description="One for each channel.")
    ] = msgspec.UNSET
    type: Annotated[
        str | msgspec.UnsetType, Meta(description="Of a refused one: the type of the problem.")
    ] = msgspec.UNSET
    title: Annotated[
        str | msgspec.UnsetType, Meta(description="Of a refused one: what it means.")
    ] = msgspec.UNSET
    detail: Annotated[
        str | msgspec.UnsetType, Meta(description="Of a refused one: what to do.")
    ] = msgspec.UNSET
    errors: Annotated[
        list[dict[str, str]] | msgspec.UnsetType,
        Meta(description="Of a refused one: each wrong field with its JSON pointer."),
    ] = msgspec.UNSET


class ResultsOut(Struct, kw_only=True):
    """One result for each request, in their order."""

    batch: Annotated[UUID, Meta(description="The batch's id, for `GET /batches/{id}`.")]
    accepted: Annotated[int, Meta(description="How many were accepted.")]
    refused: Annotated[int, Meta(description="How many were refused.")]
    results: Annotated[
        list[ResultOut], Meta(description="What became of each request, in their order.")
    ]
