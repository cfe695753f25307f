"""Requests without a right key, slowed for each client address before they cost anything.

Once an address has sent too many wrong keys, those of its keys that were not right within the hour
are refused without a look into the database; all others go on, for the address may be that of a
proxy. Each process finds that out for itself, by the first wrong key that the shared limit refuses.
"""

import time
from math import ceil

from django.conf import settings
from django.http import HttpRequest

from signalbus.api.problems import Problem
from signalbus.core import limiter
from signalbus.core.limiter import Limit
from signalbus.core.metrics import HTTP_RATE_LIMIT_REJECTIONS, RATELIMIT_DECISIONS
from signalbus.core.timed_cache import TimedCache
from tenants import limits
from tenants.client_address import client_of

WRONG_KEYS = "wrong_keys_per_minute"
KEYLESS = "keyless_requests_per_minute"
MOST_KEPT = 100_000
HOUR = 3600.0

_blocked: TimedCache[str, float] = TimedCache(seconds=limits.MINUTE, size=MOST_KEPT)
_right: TimedCache[bytes, bool] = TimedCache(seconds=HOUR, size=MOST_KEPT)


def address_of(request: HttpRequest) -> str:
    """Where the request comes from, through the proxies that are trusted."""
    peer = request.META.get("REMOTE_ADDR", "")
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    return client_of(peer, forwarded, settings.TRUSTED_PROXIES)


def check_blocked(request: HttpRequest, digest: bytes) -> None:
    """Raise Problem where the address has sent too many wrong keys, and this may be one as well."""
    if _right.peek(digest):
        return
    until = _blocked.peek(address_of(request))
    if until is not None and until > time.monotonic():
        raise _problem(WRONG_KEYS, until - time.monotonic())


def note_right_key(digest: bytes) -> None:
    """Remember that this is the digest of a key that exists."""
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


def _wait(name: str, address: str) -> float:
    """Seconds until the address may ask again; 0 if it may now."""
    limit = limits.of_address(settings.LIMITS, name)
    if limit is None:
        return 0.0
    per_second = limit.number / limit.seconds
    shared = Limit(key=f"{name}.{address}", per_second=per_second, burst=limit.burst)
    verdict = limiter.allow([(shared, 1)])
    RATELIMIT_DECISIONS.labels(name, "allowed" if verdict.allowed else "refused").inc()
    return 0.0 if verdict.allowed else verdict.retry_after


def _problem(name: str, wait: float) -> Problem:
    HTTP_RATE_LIMIT_REJECTIONS.labels(name).inc()
    seconds = max(1, ceil(wait))
    what = "wrong keys" if name == WRONG_KEYS else "requests without a key"
    return Problem(
        "rate-limited",
        f"Too many {what} came from this address. Repeat it with a right one after {seconds} s.",
        headers={"Retry-After": str(seconds)},
    )
