"""How quickly a key and its tenant may ask, and what the answers say of it.

The headers are those of draft-ietf-httpapi-ratelimit-headers-10: a policy for each limit, and the
standing of the one with the least left.
"""

from functools import lru_cache
from math import ceil, inf
from typing import TYPE_CHECKING, Any

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from signalbus.api.problems import Problem
from signalbus.core import windows
from signalbus.core.limiter import Limit, Verdict
from signalbus.core.metrics import HTTP_RATE_LIMIT_REJECTIONS, RATELIMIT_DECISIONS
from tenants import floods
from tenants.identity import KeyIdentity
from tenants.limits import RateLimit
from tenants.portions import Portions

if TYPE_CHECKING:  # DRF loads this module while it loads its own views
    from rest_framework.views import APIView

API = "/api/"
REQUESTS = "requests"
NOTIFICATIONS = "notifications"

_portions = Portions()


class RequestThrottle(BaseThrottle):
    """Looks at the address of whoever needs no key; with one, authentication has looked already.

    Raises Problem.
    """

    def allow_request(self, request: Request, _view: "APIView") -> bool:
        is_keyless = not isinstance(request.auth, KeyIdentity)
        if is_keyless and request.path.startswith(API):  # receipts of providers come quickly
            floods.note_keyless(request._request)
        return True


def check_requests(key: KeyIdentity, view: Any) -> None:
    """Count a request against the rates of the key and its tenant, in one round trip at most.

    Raises Problem, and leaves the headers with the view.
    """
    wanted = _shared(key.id, key.limits.requests, key.tenant.id, key.tenant.limits.requests)
    if wanted:
        _decide(_portions.allow(wanted), wanted, REQUESTS, view, 1)


def check_notifications(key: KeyIdentity, view: Any, number: int) -> None:
    """Count what a request asks for against the notifications per minute.

    Raises Problem where not all of it may pass now; then nothing is counted.
    """
    wanted = _shared(
        key.id, key.limits.notifications, key.tenant.id, key.tenant.limits.notifications
    )
    if wanted and number:
        verdict = windows.allow([(limit, number) for limit in wanted])
        _decide(verdict, wanted, NOTIFICATIONS, view, number)


def _decide(verdict: Verdict, wanted: tuple[Limit, ...], what: str, view: Any, number: int) -> None:
    RATELIMIT_DECISIONS.labels(what, "allowed" if verdict.allowed else "refused").inc()
    for name, value in _headers(verdict, wanted).items():
        former = view.headers.get(name)
        view.headers[name] = f"{former}, {value}" if former else value
    if not verdict.allowed:
        HTTP_RATE_LIMIT_REJECTIONS.labels(what).inc()
        raise _problem(verdict, what, number)


def _headers(verdict: Verdict, wanted: tuple[Limit, ...]) -> dict[str, str]:
    if verdict.limit is None:
        return {}
    standing = f'"{_name(verdict.limit)}";r={verdict.remaining};t={ceil(verdict.reset_after)}'
    return {"RateLimit-Policy": _policy(wanted), "RateLimit": standing}


def _problem(verdict: Verdict, what: str, number: int) -> Problem:
    limit = verdict.limit
    assert limit is not None
    whose = _name(limit).partition("-")[0]
    detail = f"The {whose}'s limit of {_words(limit, what)} is reached."
    if verdict.retry_after == inf:
        detail += f" At most {limit.burst} pass at once, and these are {number}: send fewer."
    wait = limit.burst / limit.per_second if verdict.retry_after == inf else verdict.retry_after
    headers = {"Retry-After": str(max(1, ceil(wait)))}
    return Problem("rate-limited", detail, headers=headers)


def _words(limit: Limit, what: str) -> str:
    if what == REQUESTS:
        return f"{round(limit.per_second)} requests per second"
    return f"{limit.burst} notifications per minute"


def _shared(
    key: Any, of_key: RateLimit | None, tenant: int, of_tenant: RateLimit | None
) -> tuple[Limit, ...]:
    found = (("tenant", tenant, of_tenant), ("key", key, of_key))
    return tuple(_limit(whose, owner, limit) for whose, owner, limit in found if limit)


@lru_cache(maxsize=10_000)
def _limit(whose: str, owner: Any, limit: RateLimit) -> Limit:
    what = REQUESTS if limit.name == "requests_per_second" else NOTIFICATIONS
    return Limit(
        key=f"{whose}-{what}.{owner}",
        per_second=limit.number / limit.seconds,
        burst=limit.burst,
    )


@lru_cache(maxsize=10_000)
def _policy(wanted: tuple[Limit, ...]) -> str:
    return ", ".join(
        f'"{_name(limit)}";q={limit.burst};w={max(1, ceil(limit.burst / limit.per_second))}'
        for limit in wanted
    )


def _name(limit: Limit) -> str:
    """The first part of its key: `tenant`, or `tenant-notifications`."""
    return limit.key.partition(".")[0].removesuffix(f"-{REQUESTS}")
