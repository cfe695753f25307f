"""Names of time zones: the one rule of which there are. (p)"""

from functools import cache
from zoneinfo import available_timezones


def is_known(name: str) -> bool:
    """Whether the IANA database, as it is installed, has a time zone of that name."""
    return name in _names()


@cache
def _names() -> frozenset[str]:
    """Read from the disk once; it takes some milliseconds."""
    return frozenset(available_timezones())
