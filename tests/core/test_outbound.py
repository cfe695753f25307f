"""Where HTTP to addresses that customers name may go."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

import pytest

from signalbus.core.outbound import AddressRefusedError, Caller, permitted
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
    "ff02::1",
    "::ffff:127.0.0.1",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
]


@pytest.fixture
def stub():
    with http_stub() as stub:
        stub.plan = Payload(body={"ok": True})
        yield stub


def answers(*addresses: str) -> Callable[..., Any]:
    """A resolver that knows these addresses for every name, and counts how often it is asked."""

    def resolve(_host: str, port: int, **_: Any) -> list[Any]:
        asked.append(port)
        return [(2, 1, 6, "", (address, port)) for address in addresses]

    asked: list[int] = []
    resolve.asked = asked  # type: ignore[attr-defined]
    return resolve


def caller_of(stub: HttpStub, resolve: Callable[..., Any], host: str = "gateway.example") -> Caller:
    port = int(stub.url.rsplit(":", 1)[1])
    return Caller(scheme="http", host=host, port=port, timeout=2.0, resolve=resolve)


@pytest.mark.parametrize("address", REFUSED)
def test_what_is_not_public_is_refused(address: str):
    assert not permitted(ip_address(address), [])


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::5db8:d70e"]
)
def test_what_is_public_is_not(address: str):
    assert permitted(ip_address(address), [])


def test_a_network_can_be_allowed():
    allowed = ["10.1.0.0/16", "fc00::/7"]
    assert permitted(ip_address("10.1.2.3"), allowed)
    assert permitted(ip_address("::ffff:10.1.2.3"), allowed)
    assert permitted(ip_address("fc00::1"), allowed)
    assert not permitted(ip_address("10.2.0.1"), allowed)


def test_nothing_is_sent_to_a_private_address(stub: HttpStub):
    with pytest.raises(AddressRefusedError, match=r"gateway.example leads to 127.0.0.1"):
        caller_of(stub, answers("127.0.0.1")).request("GET", "/", None, {})
    assert stub.connections == 0


def test_the_address_that_was_looked_at_is_the_one_called(stub: HttpStub, settings: Any):
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    answer = caller_of(stub, answers("10.9.9.9", "127.0.0.1")).request("GET", "/path", None, {})
    assert answer.status == 200
    assert stub.taken[0].headers["Host"].startswith("gateway.example:")


def test_the_name_is_not_resolved_for_each_request(stub: HttpStub, settings: Any):
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    resolve = answers("127.0.0.1")
    caller = caller_of(stub, resolve)
    for _ in range(5):
        caller.request("GET", "/", None, {})
    assert len(resolve.asked) == stub.connections == 1  # type: ignore[attr-defined]


def test_a_redirect_is_not_followed(stub: HttpStub, settings: Any):
    settings.OUTBOUND_NETWORKS = ["127.0.0.0/8"]
    stub.plan = Payload(status=302, headers={"Location": "http://169.254.169.254/"})
    answer = caller_of(stub, answers("127.0.0.1")).request("GET", "/", None, {})
    assert answer.status == 302
    assert len(stub.taken) == 1
