"""Tickets: addresses that open a live stream without a key, for some minutes.

A web process sends clients on to the stream's own address with one, and a console's page opens its
stream by one. They are signed, no secret from their holder, and open nothing else.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.utils import timezone

from delivery.live.holders import Holder, KeyHolder, Person

PARAMETER = "ticket"
SALT = "signalbus.live"
KEPT = timedelta(minutes=10)


def of_key(key: UUID) -> str:
    """A ticket that stands for the key."""
    return _made(key=key.hex)


def of_person(schema: str, user: int, mode: str) -> str:
    """A ticket of a tenant's operator. The stream that it opens ends when the ticket does."""
    return _made(schema=schema, user=user, mode=mode)


def holder_of(ticket: str) -> Holder | None:
    """Whose the ticket is; None where it is none, or its time is over."""
    try:
        found = signing.loads(ticket, salt=SALT)
    except signing.BadSignature:
        return None
    until = datetime.fromtimestamp(found.pop("until"), UTC)
    if until <= timezone.now():
        return None
    if "key" in found:
        return KeyHolder(key=UUID(found["key"]))
    return Person(until=until, **found)


def _made(**who: Any) -> str:
    until = timezone.now() + KEPT
    return signing.dumps({**who, "until": int(until.timestamp())}, salt=SALT)
