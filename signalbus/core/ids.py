"""Identifiers. All are UUIDv7 (RFC 9562): ordered by their time of making, to the millisecond."""

from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new identifier, greater than every one this process made before."""
    return uuid7()


def lowest_id_at(moment: datetime) -> UUID:
    """The smallest UUIDv7 of that millisecond: turns a filter by time into a range of ids."""
    milliseconds = int(moment.astimezone(UTC).timestamp() * 1000)
    return UUID(int=(milliseconds << 80) | (0x7 << 76) | (0b10 << 62))
