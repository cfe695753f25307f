"""Moments that somebody names, brought into UTC. Pure.

PostgreSQL takes no offset of 16 hours or more, and keeps years that Python cannot read again. So no
moment comes in, by whichever door, but through here.
"""

from datetime import UTC, datetime, timedelta

AROUND = timedelta(days=36_525)  # a century
TOO_FAR = "This is more than a hundred years from now."


def in_utc(moment: datetime, now: datetime) -> datetime:
    """The same moment in UTC; it has to have an offset. Raises ValueError for what is too far."""
    try:
        usual = moment.astimezone(UTC)
    except OverflowError:  # before the year 1, or after 9999, once it is in UTC
        raise ValueError(TOO_FAR) from None
    if abs(usual - now) > AROUND:
        raise ValueError(TOO_FAR)
    return usual
