"""What an HTTP answer, or the lack of one, means for a message that was posted.

Sources: RFC 9110 (sections 10.2.3 and 15), RFC 6585 (429); the exceptions of requests 2.34 and
urllib3 2.8.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from ssl import SSLCertVerificationError

import requests.exceptions as from_requests
import urllib3.exceptions as from_urllib3

from delivery.errors import DeliveryError, ErrorClass

LONGEST_RETRY_AFTER = timedelta(days=1)

BY_STATUS: dict[int, ErrorClass] = {
    400: ErrorClass.CONTENT_REFUSED,
    401: ErrorClass.OUR_ACCOUNT,
    402: ErrorClass.OUR_ACCOUNT,
    403: ErrorClass.OUR_ACCOUNT,
    404: ErrorClass.OUR_ACCOUNT,  # the base address or the account's name in it is wrong
    405: ErrorClass.OUR_ACCOUNT,
    407: ErrorClass.OUR_ACCOUNT,
    408: ErrorClass.BUSY,  # the server did not get the whole request, so it took nothing
    409: ErrorClass.BUSY,  # the same request is still being worked on
    410: ErrorClass.OUR_ACCOUNT,
    425: ErrorClass.BUSY,
    429: ErrorClass.BUSY,
    504: ErrorClass.UNKNOWN_OUTCOME,  # what stands behind the gateway may have taken it
}
BY_HUNDRED: dict[int, ErrorClass] = {
    3: ErrorClass.OUR_ACCOUNT,  # redirects are not followed: the base address is wrong
    4: ErrorClass.CONTENT_REFUSED,
    5: ErrorClass.PROVIDER_DOWN,
}

# Raised before a byte of the request went out.
NOT_SENT = (
    from_urllib3.NewConnectionError,  # and NameResolutionError, which is one
    from_urllib3.ConnectTimeoutError,
    from_urllib3.ProxyError,
    from_urllib3.SSLError,
    from_requests.ConnectTimeout,
    from_requests.ProxyError,
    from_requests.SSLError,
)
NOT_SENDABLE = (
    from_requests.InvalidURL,
    from_requests.InvalidSchema,
    from_requests.MissingSchema,
    from_requests.InvalidHeader,
    from_urllib3.LocationValueError,
)
FAILED = (from_requests.RequestException, from_urllib3.HTTPError, OSError)


def error_of_status(
    status: int, detail: str, *, code: str = "", retry_after: timedelta | None = None
) -> DeliveryError:
    """The error of an answer that is no success."""
    error_class = BY_STATUS.get(status) or BY_HUNDRED.get(status // 100, ErrorClass.UNKNOWN_OUTCOME)
    return DeliveryError(
        error_class=error_class, code=code or str(status), detail=detail, retry_after=retry_after
    )


def error_of_network(error: Exception) -> DeliveryError | None:
    """The error of a call without an answer; None where the exception is none of the network's.

    Only what certainly happened before the request went out may be repeated without a thought.
    """
    causes = _causes(error)
    if not isinstance(error, FAILED):
        return None
    return DeliveryError(
        error_class=_class_of(causes),
        code=type(causes[-1]).__name__,
        detail=f"{type(error).__name__}: {error}",
    )


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """The pause that a Retry-After header asks for, in seconds or as a date; a day at most."""
    if not value:
        return None
    text = value.strip()
    try:
        pause = timedelta(seconds=int(text)) if text.isdecimal() else _until(text, now)
    except (OverflowError, ValueError):
        return None
    return min(max(pause, timedelta(0)), LONGEST_RETRY_AFTER)


def _until(text: str, now: datetime) -> timedelta:
    moment = parsedate_to_datetime(text)
    return moment.replace(tzinfo=moment.tzinfo or UTC) - now


def _class_of(causes: list[BaseException]) -> ErrorClass:
    if any(isinstance(cause, (*NOT_SENDABLE, SSLCertVerificationError)) for cause in causes):
        return ErrorClass.OUR_ACCOUNT
    if any(isinstance(cause, (*NOT_SENT, ConnectionRefusedError)) for cause in causes):
        return ErrorClass.UNREACHABLE
    return ErrorClass.UNKNOWN_OUTCOME


def _causes(error: BaseException) -> list[BaseException]:
    """The exception and what it wraps: requests keeps urllib3's in `args`, that one in `reason`."""
    found: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in found:
        found.append(current)
        current = _wrapped(current)
    return found


def _wrapped(error: BaseException) -> BaseException | None:
    inside = [getattr(error, "reason", None), *error.args, error.__cause__, error.__context__]
    return next((item for item in inside if isinstance(item, BaseException)), None)
