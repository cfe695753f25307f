"""How often a log-in may be tried: for each address, each user at an address, and each user.

Whoever guesses waits, and so does a right password meanwhile. The limit for a user from everywhere
counts only addresses from which that user was not logged in lately: so strangers may lock each
other out, but never somebody at the place they usually come from.
"""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from ipaddress import ip_address
from math import ceil

from django.conf import settings
from django.utils import timezone

from signalbus.core import limiter
from signalbus.core.limiter import Limit
from signalbus.core.metrics import RATELIMIT_DECISIONS
from tenants import limits
from tenants.client_address import UNKNOWN, counted
from tenants.context import current_schema
from tenants.operators.logins import OperatorError
from tenants.operators.models import SignIn

FROM_ADDRESS = "log_ins_per_minute"
OF_USER_HERE = "log_ins_per_hour"
OF_USER_ELSEWHERE = "strange_log_ins_per_hour"
CODES = "codes_per_hour"
LINKS = "password_links_per_hour"
ELSEWHERE = "elsewhere"
KNOWN_FOR = timedelta(days=30)
MOST_PLACES = 200  # of the newest log-ins of a user that are looked at
PLACE_BYTES = 12

Asked = tuple[str, Sequence[str]]  # a limit's name, and for whom it is counted


class TooManyTriesError(OperatorError):
    """Something was tried too often; `seconds` is how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"That was tried too often. Try it again in {in_words(seconds)}.")
        self.seconds = seconds


def check_log_in(address: str, username: str) -> None:
    """Count a log-in before its password is looked at. Raises TooManyTriesError."""
    asked: list[Asked] = [
        (FROM_ADDRESS, [address]),
        (OF_USER_HERE, [current_schema(), username, address]),
    ]
    if not _is_known(address, username):
        asked.append((OF_USER_ELSEWHERE, [current_schema(), username]))
    _take(asked)


def check_code(address: str, username: str) -> None:
    """Count a code, or a password asked for again. Raises TooManyTriesError.

    Strangers, whom a password has brought so far, share what is counted.
    """
    place = address if _is_known(address, username) else ELSEWHERE
    _take([(CODES, [current_schema(), username, place])])


def check_link(address: str, email: str) -> None:
    """Count a link to a new password. Raises TooManyTriesError."""
    _take([(LINKS, [address]), (LINKS, [current_schema(), email.lower()])])


def in_words(seconds: int) -> str:
    """How long that is: `40 seconds`, `3 minutes`."""
    if seconds < 2 * limits.MINUTE:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    return f"{ceil(seconds / limits.MINUTE)} minutes"


def _take(asked: Sequence[Asked]) -> None:
    wanted = [limit for name, subject in asked if (limit := _limit(name, subject))]
    verdict = limiter.allow([(limit, 1) for limit in wanted])
    name = verdict.limit.key.partition(".")[0] if verdict.limit else ""
    if name:
        RATELIMIT_DECISIONS.labels(name, "allowed" if verdict.allowed else "refused").inc()
    if not verdict.allowed:
        raise TooManyTriesError(max(1, ceil(verdict.retry_after)))


def _limit(name: str, subject: Sequence[str]) -> Limit | None:
    """The limit, counted under a digest, for names and addresses of people stand in no key."""
    rate = limits.of_address(settings.LIMITS, name)
    if rate is None:
        return None
    place = sha256("\0".join(subject).encode()).hexdigest()[: 2 * PLACE_BYTES]
    return Limit(key=f"{name}.{place}", per_second=rate.number / rate.seconds, burst=rate.burst)


def _is_known(address: str, username: str) -> bool:
    """Whether the user was logged in at the address within a month."""
    since = timezone.now() - KNOWN_FOR
    rows = SignIn.objects.filter(user__username=username, seen_at__gt=since)
    places = rows.exclude(address=None).values_list("address", flat=True)[:MOST_PLACES]
    return address != UNKNOWN and address in {counted(ip_address(str(each))) for each in places}
