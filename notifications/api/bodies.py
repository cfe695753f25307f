"""Bodies that hold many requests, taken apart so that a wrong one harms no other."""

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Raw

from notifications.checking import check_direct, check_notify, check_publish
from notifications.checks import Context
from notifications.requests import (
    MOST_ITEMS,
    BatchRequest,
    DirectItem,
    NotifyItem,
    PublishRequest,
    Shape,
)
from notifications.values import Asked, Refused
from signalbus.api import shapes
from signalbus.api.problems import PointedError, Problem, invalid, summary

Read = list[Asked | Refused]
ONE_OF_TWO = "One of `recipients`, a list, and `audience` is needed, not both."


class RawBatch(Shape, frozen=True, kw_only=True):
    """A batch whose items are not read yet."""

    items: Annotated[list[Raw], Meta(min_length=1, max_length=MOST_ITEMS)]


class Peek(msgspec.Struct):
    """The fields that tell which shape an item has."""

    topic: Any = None
    channel: Any = None


_batch = msgspec.json.Decoder(RawBatch)
_peek = msgspec.json.Decoder(Peek)


def read_batch(body: bytes, context: Context) -> Read:
    """The requests of a batch. Raises Problem where the body itself is no batch."""
    try:
        items = _batch.decode(body).items
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        shapes.decode(body, BatchRequest)
        raise
    return [_item(bytes(raw), context, f"/items/{index}") for index, raw in enumerate(items)]


def read_publish(request: PublishRequest, topic: str, context: Context) -> Read:
    """A request for each recipient. Raises Problem for what is wrong for all of them."""
    if (request.audience is None) == (request.recipients is None):
        raise invalid(PointedError("/recipients", ONE_OF_TWO))
    if request.audience is not None:
        raise invalid(PointedError("/audience", "Audiences are not offered yet: use recipients."))
    return check_publish(request, topic, context)


def _item(body: bytes, context: Context, at: str) -> Asked | Refused:
    try:
        shape, check = SHAPES[_is_direct(body)]
        item = shapes.decode(body, shape)
    except Problem as problem:
        return refused(at, problem)
    return check(item, context, at, item.idempotency_key or "")


def _is_direct(body: bytes) -> bool:
    """Whether an item goes out without a policy. Raises Problem where it does not tell.

    Only here is an item read for the first time: the batch around it took any bytes between quotes.
    """
    try:
        peek = _peek.decode(body)
    except msgspec.ValidationError:
        raise invalid(PointedError("", "An item has to be an object.")) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise shapes.malformed(body, error) from error
    if peek.topic is None and peek.channel is None:
        wanted = "An item needs a `topic`, or a `channel` if it is to be sent without a policy."
        raise invalid(PointedError("", wanted))
    return peek.topic is None


SHAPES: dict[bool, tuple[Any, Callable[..., Asked | Refused]]] = {
    False: (NotifyItem, check_notify),
    True: (DirectItem, check_direct),
}


def refused(at: str, problem: Problem) -> Refused:
    """The refusal of one item, its errors as seen from the whole body."""
    errors = tuple(error.below(at) for error in problem.errors)
    detail = summary(errors) if errors else problem.detail
    return Refused(kind=problem.kind, detail=detail, errors=errors)
