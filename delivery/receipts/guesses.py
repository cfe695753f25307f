"""Calls of hooks that prove nothing are slowed for each client address, as wrong keys are.

They count for the address, but are refused unread only for the account that they are for: services
call all accounts from the same few addresses, and one that is configured wrongly must not stop the
others. Nor are those refused so from whose address the account was called rightly within the hour.
"""

import time
from math import ceil
from uuid import UUID

from django.http import HttpRequest

from signalbus.api.problems import Problem
from signalbus.core.timed_cache import TimedCache
from tenants import floods

WRONG = 403  # a call without any proof is 401: some services send it only when asked to
UNKNOWN = 404
MINUTE, HOUR = 60.0, 3600.0
MOST_KEPT = 100_000

_Caller = tuple[str, UUID]
_blocked: TimedCache[_Caller, float] = TimedCache(seconds=MINUTE, size=MOST_KEPT)
_right: TimedCache[_Caller, bool] = TimedCache(seconds=HOUR, size=MOST_KEPT)


def check(request: HttpRequest, account: UUID) -> None:
    """Raise Problem where too many wrong calls came, and this may be one as well."""
    caller = _caller(request, account)
    wait = (_blocked.peek(caller) or 0.0) - time.monotonic()
    if wait > 0 and not _right.peek(caller):
        raise Problem(
            "rate-limited",
            "Too many calls that prove nothing came from this address.",
            headers={"Retry-After": str(ceil(wait))},
        )


def note(request: HttpRequest, account: UUID, problem: Problem) -> None:
    """Count a call that was refused. Raises Problem where there are too many."""
    if problem.status == UNKNOWN:
        floods.note_keyless(request)
    if problem.status != WRONG:
        return
    try:
        floods.note_wrong_key(request)
    except Problem as refused:
        seconds = float(refused.headers["Retry-After"])
        _blocked.put(_caller(request, account), time.monotonic() + seconds)
        raise


def forgive(request: HttpRequest, account: UUID) -> None:
    """Remember that the account is called rightly from there."""
    _right.put(_caller(request, account), True)


def _caller(request: HttpRequest, account: UUID) -> _Caller:
    return floods.address_of(request), account
