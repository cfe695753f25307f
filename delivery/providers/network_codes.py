"""What it means that the network failed: before the request was sent, or after.

What certainly happened before speaks against the provider, and nothing was taken; of everything
else nobody knows. Sources: the exceptions of socket, ssl and smtplib (Python 3.11 to 3.13), of
urllib3 2.8 and of requests 2.34.
"""

import smtplib
import socket
import ssl
from collections.abc import Sequence

import requests.exceptions as from_requests
import urllib3.exceptions as from_urllib3

from delivery.errors import DeliveryError, ErrorClass

TLS = "tls"
HANDSHAKE = "do_handshake"  # the function of ssl.SSLSocket
# A connection that ended without TLS's own goodbye: while greeting, or at any time after.
CUT_OFF = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)

Table = tuple[tuple[str, tuple[type[BaseException], ...]], ...]

# The first that fits, so the narrower ones come first. Raised before a byte of a request went out.
NOT_SENT: Table = (
    ("dns", (socket.gaierror, from_urllib3.NameResolutionError)),
    ("certificate", (ssl.SSLCertVerificationError,)),
    ("proxy", (from_urllib3.ProxyError, from_requests.ProxyError)),
    ("connect-refused", (ConnectionRefusedError,)),
    ("connect-failed", (from_urllib3.NewConnectionError,)),
    ("connect-timeout", (from_urllib3.ConnectTimeoutError, from_requests.ConnectTimeout)),
    (TLS, (ssl.SSLError, from_urllib3.SSLError, from_requests.SSLError)),
)
# At any time. Which of them came before, only the caller can tell.
BROKEN: Table = (
    ("timeout", (TimeoutError, from_urllib3.TimeoutError, from_requests.Timeout)),
    (
        "connection-lost",
        (
            ConnectionError,
            EOFError,
            *CUT_OFF,
            smtplib.SMTPServerDisconnected,
            from_urllib3.ProtocolError,
            from_requests.ConnectionError,
            from_requests.ChunkedEncodingError,
        ),
    ),
)

SILENCE = frozenset(word for word, _ in BROKEN)


def network_error(error: BaseException) -> DeliveryError:
    """The error of a call that may have been sent when the network failed."""
    causes = _causes(error)
    word = _not_sent(causes)
    if word:
        return _error(ErrorClass.PROVIDER_DOWN, word, error)
    return _error(ErrorClass.UNKNOWN_OUTCOME, _broken(causes), error)


def never_sent(error: BaseException) -> DeliveryError:
    """The error of a call that the network failed before it was sent, as the caller knows."""
    causes = _causes(error)
    word = _not_sent(causes) or _broken(causes)
    return _error(ErrorClass.PROVIDER_DOWN, word, error)


def outcome_unknown(error: BaseException) -> DeliveryError:
    """The error of a call that was sent, as the caller knows, and not answered."""
    return _error(ErrorClass.UNKNOWN_OUTCOME, _broken(_causes(error)), error)


def is_caused_by(error: BaseException, types: tuple[type[BaseException], ...]) -> bool:
    """Whether the exception, or one that it wraps, is of these."""
    return any(isinstance(cause, types) for cause in _causes(error))


def _not_sent(causes: Sequence[BaseException]) -> str:
    """The word for it if it was certainly not sent, or nothing."""
    word = _find(causes, NOT_SENT)
    cut_off = next((cause for cause in causes if isinstance(cause, CUT_OFF)), None)
    return "" if word == TLS and cut_off is not None and not _in_handshake(cut_off) else word


def _in_handshake(error: BaseException) -> bool:
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_name == HANDSHAKE:
            return True
        trace = trace.tb_next
    return False


def _broken(causes: Sequence[BaseException]) -> str:
    return _find(causes, BROKEN) or type(causes[-1]).__name__


def _find(causes: Sequence[BaseException], table: Table) -> str:
    for word, types in table:
        if any(isinstance(cause, types) for cause in causes):
            return word
    return ""


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


def _error(error_class: ErrorClass, word: str, error: BaseException) -> DeliveryError:
    return DeliveryError(
        error_class=error_class, code=word, detail=f"{type(error).__name__}: {error}"
    )
