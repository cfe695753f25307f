"""This machine's time without its jumps, for what is reckoned against the database's clock."""

import time
from datetime import UTC, datetime, timedelta

_BEGAN = datetime.now(UTC)
_COUNTED_FROM = time.monotonic()


def steady_now() -> datetime:
    """The wall clock as it was when the process began, carried on by the monotonic one.

    It is as wrong as that clock was, but it never jumps: the difference from the database's clock,
    once known, stays as it is when the wall clock is set.
    """
    return _BEGAN + timedelta(seconds=time.monotonic() - _COUNTED_FROM)
