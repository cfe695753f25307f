"""What an HTTP answer, or the lack of one, means for a message that was posted.

Sources: RFC 9110 (sections 10.2.3 and 15), RFC 6585 (428, 429, 431, 511), RFC 7725 (451), the IANA
registry "HTTP Status Code"; for 520 to 530, Cloudflare's "5xx errors".
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import requests.exceptions as from_requests
import urllib3.exceptions as from_urllib3

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers.network_codes import is_caused_by, network_error

LONGEST_RETRY_AFTER = timedelta(days=1)

BY_STATUS: dict[int, ErrorClass] = {
    400: ErrorClass.CONTENT_REFUSED,
    401: ErrorClass.OUR_ACCOUNT,
    402: ErrorClass.OUR_ACCOUNT,  # the credit is used up
    403: ErrorClass.OUR_ACCOUNT,
    404: ErrorClass.OUR_ACCOUNT,  # the base address or the account's name in it is wrong
    405: ErrorClass.OUR_ACCOUNT,
    407: ErrorClass.OUR_ACCOUNT,
    408: ErrorClass.BUSY,  # the server did not get the whole request, so it took nothing
    409: ErrorClass.BUSY,  # the same request is still being worked on
    410: ErrorClass.OUR_ACCOUNT,
    413: ErrorClass.CONTENT_REFUSED,  # too large
    415: ErrorClass.CONTENT_REFUSED,
    421: ErrorClass.BUSY,  # misdirected: another connection may do
    422: ErrorClass.CONTENT_REFUSED,
    423: ErrorClass.BUSY,
    425: ErrorClass.BUSY,
    426: ErrorClass.OUR_ACCOUNT,  # another protocol is needed
    429: ErrorClass.BUSY,
    451: ErrorClass.CONTENT_REFUSED,  # for legal reasons
    500: ErrorClass.PROVIDER_DOWN,
    501: ErrorClass.OUR_ACCOUNT,  # no such method here: the address is wrong
    502: ErrorClass.PROVIDER_DOWN,
    503: ErrorClass.PROVIDER_DOWN,
    504: ErrorClass.UNKNOWN_OUTCOME,  # what stands behind the gateway may have taken it
    507: ErrorClass.PROVIDER_DOWN,
    511: ErrorClass.OUR_ACCOUNT,  # a network in between wants a log-in
    520: ErrorClass.UNKNOWN_OUTCOME,  # Cloudflare got an answer that it could not read
    521: ErrorClass.PROVIDER_DOWN,
    522: ErrorClass.PROVIDER_DOWN,
    523: ErrorClass.PROVIDER_DOWN,
    524: ErrorClass.UNKNOWN_OUTCOME,  # Cloudflare got no answer in time
    525: ErrorClass.PROVIDER_DOWN,
    526: ErrorClass.PROVIDER_DOWN,
    530: ErrorClass.PROVIDER_DOWN,
}
BY_HUNDRED: dict[int, ErrorClass] = {
    3: ErrorClass.OUR_ACCOUNT,  # redirects are not followed: the base address is wrong
    4: ErrorClass.CONTENT_REFUSED,
    5: ErrorClass.PROVIDER_DOWN,
}

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
    """The error of a call without an answer; None where the exception is none of the network's."""
    if not isinstance(error, FAILED):
        return None
    if is_caused_by(error, NOT_SENDABLE):
        name = type(error).__name__
        return DeliveryError(
            error_class=ErrorClass.OUR_ACCOUNT, code=name, detail=f"{name}: {error}"
        )
    return network_error(error)


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
