"""What anymail's statuses and exceptions, and Amazon's error codes, mean.

Sources: django-anymail 15.2 (`message.ANYMAIL_STATUSES`, `exceptions`); Amazon SES API v2,
SendEmail, "Errors", and "Common Errors"; botocore's exceptions.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from anymail import exceptions as from_anymail

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers.email import rejections
from delivery.providers.http_codes import error_of_network, error_of_status, retry_after

REJECTED = "rejected"
ACCEPTED = frozenset({"sent", "queued"})
BY_STATUS: dict[str, ErrorClass] = {
    "invalid": ErrorClass.BAD_ADDRESS,
    REJECTED: ErrorClass.OPTED_OUT,  # the service's own suppression list, unless it says otherwise
    "failed": ErrorClass.CONTENT_REFUSED,
    "unknown": ErrorClass.UNKNOWN_OUTCOME,
}
BY_AMAZON_CODE: dict[str, ErrorClass] = {
    "AccountSuspendedException": ErrorClass.OUR_ACCOUNT,
    "SendingPausedException": ErrorClass.OUR_ACCOUNT,
    "MailFromDomainNotVerifiedException": ErrorClass.OUR_ACCOUNT,
    "NotFoundException": ErrorClass.OUR_ACCOUNT,  # the configuration set, say
    "LimitExceededException": ErrorClass.BUSY,
    "TooManyRequestsException": ErrorClass.BUSY,
    "Throttling": ErrorClass.BUSY,
    "ThrottlingException": ErrorClass.BUSY,
    "MessageRejected": ErrorClass.CONTENT_REFUSED,
    "ServiceUnavailable": ErrorClass.PROVIDER_DOWN,
    "InternalFailure": ErrorClass.PROVIDER_DOWN,
}
# botocore's, by name: the package is needed for Amazon SES only.
BY_AMAZON_EXCEPTION: dict[str, ErrorClass] = {
    "ConnectTimeoutError": ErrorClass.PROVIDER_DOWN,
    "EndpointConnectionError": ErrorClass.PROVIDER_DOWN,
    "ProxyConnectionError": ErrorClass.PROVIDER_DOWN,
    "SSLError": ErrorClass.PROVIDER_DOWN,
    "NoCredentialsError": ErrorClass.OUR_ACCOUNT,
    "PartialCredentialsError": ErrorClass.OUR_ACCOUNT,
    "NoRegionError": ErrorClass.OUR_ACCOUNT,
    "InvalidRegionError": ErrorClass.OUR_ACCOUNT,
    "ParamValidationError": ErrorClass.CONTENT_REFUSED,
    "ConnectionClosedError": ErrorClass.UNKNOWN_OUTCOME,
    "ReadTimeoutError": ErrorClass.UNKNOWN_OUTCOME,
    "ResponseStreamingError": ErrorClass.UNKNOWN_OUTCOME,
}
# What the network did, in the words that all drivers share (network_codes).
AMAZON_WORDS: dict[str, str] = {
    "ConnectTimeoutError": "connect-timeout",
    "EndpointConnectionError": "connect-failed",
    "ProxyConnectionError": "proxy",
    "SSLError": "tls",
    "ConnectionClosedError": "connection-lost",
    "ReadTimeoutError": "timeout",
    "ResponseStreamingError": "connection-lost",
}
AMAZONS_LIBRARY = "botocore."
RECIPIENT_FIELD = "`to`"  # how anymail names it in AnymailInvalidAddress


def error_of_statuses(statuses: set[str], detail: str, answer: str = "") -> DeliveryError:
    """The error of what the service made of the one recipient; `answer` is the service's own."""
    status = next(iter(statuses), "unknown")
    error_class = BY_STATUS.get(status, ErrorClass.UNKNOWN_OUTCOME)
    if status == REJECTED:
        error_class = rejections.reason(answer)
    return DeliveryError(error_class=error_class, code=status, detail=detail)


def error_of_anymail(error: Exception) -> DeliveryError | None:
    """The error of what anymail raised; None where it is not anymail's."""
    if isinstance(error, from_anymail.AnymailRecipientsRefused):
        return _refused(error)
    if isinstance(error, from_anymail.AnymailInvalidAddress):
        return _invalid_address(error)
    if isinstance(error, from_anymail.AnymailAPIError):
        return _api_error(error)
    if isinstance(error, from_anymail.AnymailError | ValueError):
        return _named(ErrorClass.CONTENT_REFUSED, error)
    return error_of_network(error)


def _refused(error: Any) -> DeliveryError:
    answer = str(getattr(error.response, "text", ""))
    statuses = set(error.email_message.anymail_status.status)
    return error_of_statuses(statuses, _words(error), answer)


def _invalid_address(error: Exception) -> DeliveryError:
    of_recipient = RECIPIENT_FIELD in str(error)
    return _named(ErrorClass.BAD_ADDRESS if of_recipient else ErrorClass.OUR_ACCOUNT, error)


def _api_error(error: Any) -> DeliveryError:
    response = error.response
    if isinstance(response, Mapping):
        return _amazon_error(response, _words(error))
    if response is not None:
        return _http_error(response, _words(error))
    cause = error.__cause__ or error
    if type(cause).__module__.startswith(AMAZONS_LIBRARY):
        return _amazon_exception(cause)
    return error_of_network(cause) or _named(ErrorClass.UNKNOWN_OUTCOME, error)


def _http_error(response: Any, detail: str) -> DeliveryError:
    if response.ok:  # anymail could not read the answer to a message that was taken
        return DeliveryError(
            error_class=ErrorClass.UNKNOWN_OUTCOME, code=str(response.status_code), detail=detail
        )
    pause = retry_after(response.headers.get("Retry-After"), datetime.now(UTC))
    return error_of_status(response.status_code, detail, retry_after=pause)


def _amazon_error(response: Mapping[str, Any], detail: str) -> DeliveryError:
    code = str(response.get("Error", {}).get("Code", ""))
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    known = BY_AMAZON_CODE.get(code)
    if known:
        return DeliveryError(error_class=known, code=code, detail=detail)
    return error_of_status(status, detail, code=code)


def _amazon_exception(cause: BaseException) -> DeliveryError:
    name = type(cause).__name__
    known = BY_AMAZON_EXCEPTION.get(name, ErrorClass.UNKNOWN_OUTCOME)
    return DeliveryError(error_class=known, code=AMAZON_WORDS.get(name, name), detail=_words(cause))


def _named(error_class: ErrorClass, error: BaseException) -> DeliveryError:
    return DeliveryError(error_class=error_class, code=type(error).__name__, detail=_words(error))


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__
