"""Where HTTP to addresses that customers name may go, and how much of an answer is taken."""

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any

import pytest
from urllib3.exceptions import ReadTimeoutError

from signalbus.core import addresses
from signalbus.core.addresses import AddressRefusedError, permitted, resolve
from signalbus.core.outbound import ANSWER_BYTES, Caller
from tests.contracts.stubs import HttpStub, http_stub
from tests.payloads import Payload

REFUSED = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",  # where clouds keep a machine's credentials
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
]
PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::5db8:d70e"]


@pytest.fixture
def stub() -> Iterator[HttpStub]:
    with http_stub() as stub:
        stub.plan = Payload(body={"ok": True})
        yield stub


def knows(*found: str) -> Callable[..., list[str]]:
    """A resolver that knows these addresses for every name, and notes how often it is asked."""

    def resolver(_host: str, port: int, _allowed: Any) -> list[str]:
        asked.append(port)
        return list(found)

    asked: list[int] = []
    resolver.asked = asked  # type: ignore[attr-defined]
    return resolver


def caller_of(url: str, resolver: Callable[..., list[str]], timeout: float = 2.0) -> Caller:
    port = int(url.rsplit(":", 1)[1])
    return Caller(
        scheme="http", host="gateway.example", port=port, timeout=timeout, resolver=resolver
    )


@pytest.mark.parametrize("address", REFUSED)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert not permitted(ip_address(address), [])


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_not(address: str) -> None:
    assert permitted(ip_address(address), [])


def test_a_network_can_be_allowed() -> None:
    allowed = ["10.1.0.0/16", "fc00::/7"]
    assert permitted(ip_address("10.1.2.3"), allowed)
    assert permitted(ip_address("::ffff:10.1.2.3"), allowed)
    assert permitted(ip_address("fc00::1"), allowed)
    assert not permitted(ip_address("10.2.0.1"), allowed)


def test_only_what_may_be_called_is_left_of_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(*_: Any, **__: Any) -> list[Any]:
        return [(2, 1, 6, "", (each, 443)) for each in ("10.9.9.9", "93.184.215.14")]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", answer)
    assert resolve("gateway.example", 443, []) == ["93.184.215.14"]


def test_nothing_is_sent_to_a_private_address(stub: HttpStub, settings: Any) -> None:
    settings.OUTBOUND_NETWORKS = []
    port = int(stub.url.rsplit(":", 1)[1])
    caller = Caller(scheme="http", host="localhost", port=port, timeout=2.0)
    with pytest.raises(AddressRefusedError, match="localhost does not lead to a public address"):
        caller.request("GET", "/", None, {})
    assert stub.connections == 0


def test_the_address_that_was_looked_at_is_the_one_called(stub: HttpStub) -> None:
    answer = caller_of(stub.url, knows("127.0.0.1")).request("GET", "/path", None, {})
    assert answer.status == 200
    assert stub.taken[0].headers["Host"].startswith("gateway.example:")


def test_the_next_address_is_called_where_the_first_is_dead(stub: HttpStub) -> None:
    answer = caller_of(stub.url, knows("127.9.9.9", "127.0.0.1")).request("GET", "/", None, {})
    assert answer.status == 200


def test_the_name_is_not_resolved_for_each_request(stub: HttpStub) -> None:
    resolver = knows("127.0.0.1")
    caller = caller_of(stub.url, resolver)
    for _ in range(5):
        caller.request("GET", "/", None, {})
    assert len(resolver.asked) == stub.connections == 1  # type: ignore[attr-defined]


def test_a_redirect_is_not_followed(stub: HttpStub) -> None:
    stub.plan = Payload(status=302, headers={"Location": "http://169.254.169.254/"})
    answer = caller_of(stub.url, knows("127.0.0.1")).request("GET", "/", None, {})
    assert answer.status == 302
    assert len(stub.taken) == 1


def test_of_a_large_answer_the_beginning_is_read() -> None:
    with speaking(b"x" * 10_000_000) as url:
        answer = caller_of(url, knows("127.0.0.1")).request("GET", "/", None, {})
    assert answer.body == b"x" * ANSWER_BYTES


def test_what_is_packed_stays_packed() -> None:
    packed = gzip.compress(b"0" * 50_000_000)
    with speaking(packed, "Content-Encoding: gzip\r\n") as url:
        answer = caller_of(url, knows("127.0.0.1")).request("GET", "/", None, {})
    assert answer.body == packed[:ANSWER_BYTES]


def test_an_answer_in_drops_ends_with_the_time_out() -> None:
    with speaking(b"x" * 100, pause=0.1) as url:
        caller = caller_of(url, knows("127.0.0.1"), timeout=0.5)
        begun = time.monotonic()
        with pytest.raises(ReadTimeoutError):
            caller.request("GET", "/", None, {})
    assert time.monotonic() - begun < 2.0


@contextmanager
def speaking(body: bytes, headers: str = "", pause: float = 0.0) -> Iterator[str]:
    """A server that answers one request with that body, byte by byte where it shall pause."""
    server = socket.create_server(("127.0.0.1", 0))
    head = f"HTTP/1.1 200 OK\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode()

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            try:
                connection.sendall(head)
                for part in [body] if not pause else [bytes([byte]) for byte in body]:
                    connection.sendall(part)
                    time.sleep(pause)
            except OSError:
                return

    threading.Thread(target=serve, daemon=True).start()
    with server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
