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


def of_person(schema: str, user: int, sign_in: UUID, mode: str) -> str:
    """A ticket of a tenant's operator. The stream that it opens ends when the ticket does, or when
    that log-in of the operator's is over.
    """
    return _made(schema=schema, user=user, sign_in=sign_in.hex, mode=mode)


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
    if "sign_in" not in found:  # as one was made before tickets named the log-in
        return None
    return Person(until=until, **{**found, "sign_in": UUID(found["sign_in"])})


def _made(**who: Any) -> str:
    until = timezone.now() + KEPT
    return signing.dumps({**who, "until": int(until.timestamp())}, salt=SALT)
