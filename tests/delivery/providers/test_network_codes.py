"""The network's failures, before the request was sent and after."""

import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import pytest
import requests
import urllib3
import urllib3.exceptions as from_urllib3

from delivery.errors import ErrorClass
from delivery.providers.http_codes import error_of_network
from delivery.providers.network_codes import (
    BROKEN,
    NOT_SENT,
    network_error,
    never_sent,
    outcome_unknown,
)

POOL = urllib3.HTTPConnectionPool("127.0.0.1")
CONNECTION = urllib3.connection.HTTPConnection("127.0.0.1")


def in_requests(inner: Exception) -> Exception:
    """As requests wraps what urllib3 raised."""
    return requests.ConnectionError(from_urllib3.MaxRetryError(POOL, "/", inner))


BEFORE: list[tuple[Exception, str]] = [
    (socket.gaierror(-2, "Name or service not known"), "dns"),
    (from_urllib3.NameResolutionError("nowhere", CONNECTION, socket.gaierror(-2, "?")), "dns"),
    (ssl.SSLCertVerificationError("self-signed"), "certificate"),
    (from_urllib3.ProxyError("no way", OSError()), "proxy"),
    (requests.exceptions.ProxyError(), "proxy"),
    (ConnectionRefusedError(111, "refused"), "connect-refused"),
    (from_urllib3.NewConnectionError(CONNECTION, "no route"), "connect-failed"),
    (in_requests(from_urllib3.NewConnectionError(CONNECTION, "no route")), "connect-failed"),
    (from_urllib3.ConnectTimeoutError(), "connect-timeout"),
    (requests.ConnectTimeout(), "connect-timeout"),
    (ssl.SSLError(1, "handshake failure"), "tls"),
    (from_urllib3.SSLError("wrong version number"), "tls"),
    (requests.exceptions.SSLError(ssl.SSLError(1, "handshake")), "tls"),
]
AFTER: list[tuple[Exception, str]] = [
    (TimeoutError("timed out"), "timeout"),
    (from_urllib3.ReadTimeoutError(POOL, "/", "late"), "timeout"),
    (requests.ReadTimeout(), "timeout"),
    (ConnectionResetError(104, "reset"), "connection-lost"),
    (BrokenPipeError(32, "broken pipe"), "connection-lost"),
    (EOFError(), "connection-lost"),
    (ssl.SSLEOFError(8, "EOF in violation of protocol"), "connection-lost"),
    (ssl.SSLZeroReturnError(6, "closed"), "connection-lost"),
    (ssl.SSLSyscallError(5, "broken"), "connection-lost"),
    (smtplib.SMTPServerDisconnected("gone"), "connection-lost"),
    (from_urllib3.ProtocolError("Connection aborted.", ConnectionResetError()), "connection-lost"),
    (requests.exceptions.ConnectionError("gone"), "connection-lost"),
    (requests.exceptions.ChunkedEncodingError(), "connection-lost"),
    (OSError("strange"), "OSError"),
]


@pytest.mark.parametrize(("error", "code"), BEFORE)
def test_before_the_request_was_sent_it_speaks_against_the_provider(
    error: Exception, code: str
) -> None:
    for found in (network_error(error), never_sent(error)):
        assert (found.error_class, found.code) == (ErrorClass.PROVIDER_DOWN, code)
        assert found.detail.startswith(f"{type(error).__name__}: ")


@pytest.mark.parametrize(("error", "code"), AFTER)
def test_after_it_was_sent_nobody_knows(error: Exception, code: str) -> None:
    for found in (network_error(error), outcome_unknown(error)):
        assert (found.error_class, found.code) == (ErrorClass.UNKNOWN_OUTCOME, code)
    told = never_sent(error)
    assert (told.error_class, told.code) == (ErrorClass.PROVIDER_DOWN, code)


def test_every_exception_has_its_case() -> None:
    for table, cases in ((NOT_SENT, BEFORE), (BROKEN, AFTER)):
        for code, types in table:
            met = {type(error) for error, word in cases if word == code}
            for each in types:
                assert any(issubclass(one, each) for one in met), (code, each)


# --- as the libraries really raise them


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port at which somebody takes one connection."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            peer, _ = server.accept()
            with closing(peer):
                answer(peer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)


def post(url: str) -> tuple[ErrorClass, str]:
    with pytest.raises(requests.RequestException) as raised:
        requests.post(url, data=b"message", timeout=0.5)
    found = error_of_network(raised.value)
    assert found is not None
    return found.error_class, found.code


def test_nobody_listens() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    assert post(f"http://127.0.0.1:{port}/") == (ErrorClass.PROVIDER_DOWN, "connect-refused")


def test_no_such_host() -> None:
    assert post("http://nowhere.invalid/") == (ErrorClass.PROVIDER_DOWN, "dns")


def test_no_tls_spoken_there() -> None:
    with listening(lambda peer: peer.sendall(b"220 Hello, this is SMTP\r\n")) as port:
        assert post(f"https://127.0.0.1:{port}/") == (ErrorClass.PROVIDER_DOWN, "tls")


def test_cut_off_while_greeting() -> None:
    with listening(lambda peer: None) as port:
        found, _ = post(f"https://127.0.0.1:{port}/")
    assert found is ErrorClass.PROVIDER_DOWN


def test_cut_off_after_the_request() -> None:
    with listening(lambda peer: peer.recv(4096)) as port:  # type: ignore[arg-type,return-value]
        assert post(f"http://127.0.0.1:{port}/") == (ErrorClass.UNKNOWN_OUTCOME, "connection-lost")


def test_no_answer_to_the_request() -> None:
    gone = threading.Event()
    with listening(lambda peer: gone.wait(5)) as port:  # type: ignore[arg-type,return-value]
        assert post(f"http://127.0.0.1:{port}/") == (ErrorClass.UNKNOWN_OUTCOME, "timeout")
        gone.set()
