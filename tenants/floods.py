"""Requests without a right key, slowed for each client address before they cost anything.

Once an address has sent too many wrong keys, it is refused; but not its right keys, for the address
may be that of a proxy. Keys that were right within the hour go on at once. The others are looked up
only as often as the database does not feel it, whatever the number of addresses: a right one passes
from then on. Each process finds out for itself that an address is blocked, by the first wrong key
that the shared limit refuses.
"""

import threading
import time
from math import ceil

from django.conf import settings
from django.http import HttpRequest

from signalbus.api.problems import Problem
from signalbus.core import windows
from signalbus.core.limiter import Limit
from signalbus.core.metrics import HTTP_RATE_LIMIT_REJECTIONS, RATELIMIT_DECISIONS
from signalbus.core.timed_cache import TimedCache
from tenants import limits
from tenants.client_address import client_of, exact_client_of

WRONG_KEYS = "wrong_keys_per_minute"
KEYLESS = "keyless_requests_per_minute"
SHOWN = {WRONG_KEYS: "address-wrong-keys", KEYLESS: "address-keyless"}  # in headers
MOST_KEPT = 100_000
HOUR = 3600.0
LOOKS_PER_SECOND = 20  # of a process, for keys of blocked addresses

_blocked: TimedCache[str, float] = TimedCache(seconds=limits.MINUTE, size=MOST_KEPT)
_right: TimedCache[bytes, bool] = TimedCache(seconds=HOUR, size=MOST_KEPT)


class _Looks:
    """So many in each second of the process."""

    def __init__(self) -> None:
        self._second = 0
        self._taken = 0
        self._lock = threading.Lock()

    def take(self, now: float) -> bool:
        """Whether one more is left at this monotonic time in seconds."""
        with self._lock:
            if int(now) != self._second:
                self._second, self._taken = int(now), 0
            self._taken += 1
            return self._taken <= LOOKS_PER_SECOND


_looks = _Looks()


def address_of(request: HttpRequest) -> str:
    """Where the request comes from, through the proxies that are trusted."""
    return client_of(*_heard(request), settings.TRUSTED_PROXIES)


def exact_address_of(request: HttpRequest) -> str | None:
    """The same to the last bit, also of IPv6; None where nothing says it."""
    found = exact_client_of(*_heard(request), settings.TRUSTED_PROXIES)
    return str(found) if found else None


def check_blocked(request: HttpRequest, digest: bytes, *, may_be_right: bool) -> None:
    """Raise Problem where the address has sent too many wrong keys, and this is not to be looked
    up: because it cannot be a right one, or too many of blocked addresses were looked up just now.
    """
    if _right.peek(digest):
        return
    now = time.monotonic()
    until = _blocked.peek(address_of(request)) or now
    if until > now and not (may_be_right and _looks.take(now)):
        raise _problem(WRONG_KEYS, until - now)


def note_right_key(digest: bytes) -> None:
    """Remember that this is the digest of a key that may be used."""
    _right.put(digest, True)


def note_wrong_key(request: HttpRequest) -> None:
    """Count a wrong key. Raises Problem where the address has sent too many."""
    address = address_of(request)
    wait = _wait(WRONG_KEYS, address)
    if wait:
        _blocked.put(address, time.monotonic() + wait)
        raise _problem(WRONG_KEYS, wait)


def note_keyless(request: HttpRequest) -> None:
    """Count a request without any key. Raises Problem where there are too many."""
    wait = _wait(KEYLESS, address_of(request))
    if wait:
        raise _problem(KEYLESS, wait)


def _heard(request: HttpRequest) -> tuple[str, str]:
    """The peer, and whom the proxies name."""
    return request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", "")


def _wait(name: str, address: str) -> float:
    """Seconds until the address may ask again; 0 if it may now."""
    limit = limits.of_address(settings.LIMITS, name)
    if limit is None:
        return 0.0
    per_second = limit.number / limit.seconds
    shared = Limit(key=f"{name}.{address}", per_second=per_second, burst=limit.burst)
    verdict = windows.allow([(shared, 1)])
    RATELIMIT_DECISIONS.labels(name, "allowed" if verdict.allowed else "refused").inc()
    return 0.0 if verdict.allowed else verdict.retry_after


def _problem(name: str, wait: float) -> Problem:
    HTTP_RATE_LIMIT_REJECTIONS.labels(name).inc()
    seconds = max(1, ceil(wait))
    what = "wrong keys" if name == WRONG_KEYS else "requests without a key"
    return Problem(
        "rate-limited",
        f"Too many {what} came from this address. Repeat it with a right one after {seconds} s.",
        headers={"Retry-After": str(seconds), **_standing(name, seconds)},
    )


def _standing(name: str, seconds: int) -> dict[str, str]:
    """The headers of a limit that has nothing left, as in throttling.py."""
    limit = limits.of_address(settings.LIMITS, name)
    if limit is None:
        return {}
    shown = SHOWN[name]
    return {
        "RateLimit-Policy": f'"{shown}";q={limit.number};w={limit.seconds}',
        "RateLimit": f'"{shown}";r=0;t={seconds}',
    }
