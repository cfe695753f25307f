"""Which mail servers a tenant's account may name: looked at when stored, and at each connection."""

import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers.account import Account
from delivery.providers.base import Accepted
from delivery.providers.email import smtp
from delivery.providers.email.smtp import Smtp
from delivery.providers.hosts import problems_of_hosts
from delivery.receipts.mail import imap
from delivery.receipts.mail.imap import Mailbox, place_of
from signalbus.core import addresses, dialing
from signalbus.core.addresses import AddressRefusedError
from tests.contracts.make import make_account, make_message
from tests.contracts.stubs import SmtpStub, smtp_stub
from tests.delivery.receipts.mail.imap_stub import ImapStub, imap_stub

NAME = "mail.acme.example"
INSIDE = ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "localhost", NAME]


@pytest.fixture
def server() -> Iterator[SmtpStub]:
    with smtp_stub() as stub:
        yield stub


@pytest.fixture
def mailbox() -> Iterator[ImapStub]:
    with imap_stub() as stub:
        yield stub


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What the DNS knows beside what is true."""
    known = {NAME: ["127.0.0.1"]}
    ask = socket.getaddrinfo

    def answer(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
        found = known.get(str(host))
        if found is None:
            return ask(host, port, *rest, **more)
        return [(2, 1, 6, "", (each, port)) for each in found]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", answer)
    return known


def account_of(port: int, host: str = "127.0.0.1", **options: Any) -> Account:
    given = {"host": host, "port": port, "tls": "none", "from": "hello@acme.example", **options}
    return make_account("smtp", options=given)


def mailbox_of(port: int, host: str = "127.0.0.1", **options: Any) -> Account:
    own = {"imap_host": host, "imap_port": port, "imap_tls": "none", **options}
    login = {"username": "bounces", "password": "secret"}
    return replace(account_of(25, **own), credentials=login)


def send(account: Account) -> Any:
    (outcome,) = Smtp(account).send([make_message()])
    return outcome


# --- at each connection


@pytest.mark.parametrize("host", INSIDE)
def test_nothing_is_sent_to_a_server_inside(
    server: SmtpStub, names: Any, settings: Any, host: str
) -> None:
    settings.OUTBOUND_NETWORKS = []
    error = send(account_of(server.port, host))
    assert isinstance(error, DeliveryError)
    assert (error.error_class, error.code) == (ErrorClass.OUR_ACCOUNT, "address-refused")
    assert f"{host} does not lead to a public address" in error.detail
    assert "SIGNALBUS_OUTBOUND_NETWORKS" in error.detail
    assert not server.sessions


@pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
def test_no_mailbox_inside_is_read(mailbox: ImapStub, names: Any, settings: Any, tls: str) -> None:
    settings.OUTBOUND_NETWORKS = []
    with pytest.raises(AddressRefusedError, match=f"{NAME} does not lead"):
        Mailbox(place_of(mailbox_of(mailbox.port, NAME, imap_tls=tls)))
    assert AddressRefusedError in imap.ERRORS


def test_what_the_platforms_owner_has_entered_may_be_inside(
    server: SmtpStub, mailbox: ImapStub, settings: Any
) -> None:
    settings.OUTBOUND_NETWORKS = []
    assert isinstance(send(replace(account_of(server.port), inherited=True)), Accepted)
    with Mailbox(place_of(replace(mailbox_of(mailbox.port), inherited=True))) as opened:
        assert opened.unseen() == []


def test_just_the_address_that_was_looked_at_is_connected_to(
    server: SmtpStub, mailbox: ImapStub, names: dict[str, list[str]], monkeypatch: Any
) -> None:
    """Of those that the name has, the first that may be and can be; the name is asked for once."""
    names[NAME] = ["10.1.2.3", "127.9.9.9", "127.0.0.1"]
    dialled: list[Any] = []
    connect = socket.create_connection

    def note(address: Any, *rest: Any) -> Any:
        dialled.append(address[0])
        return connect(address, *rest)

    monkeypatch.setattr(socket, "create_connection", note)
    assert isinstance(send(account_of(server.port, NAME)), Accepted)
    with Mailbox(place_of(mailbox_of(mailbox.port, NAME))):
        pass
    assert dialled == ["127.9.9.9", "127.0.0.1"] * 2


def test_the_addresses_of_a_name_share_the_time(
    names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    names[NAME] = [f"127.0.1.{number}" for number in range(100)]
    given: list[float] = []
    connect = socket.create_connection

    def note(address: Any, seconds: float) -> Any:
        given.append(seconds)
        if len(given) < dialing.MOST:
            raise TimeoutError
        return connect(address, seconds)

    with socket.create_server(("0.0.0.0", 0)) as listening:
        monkeypatch.setattr(socket, "create_connection", note)
        with dialing.outside(NAME, listening.getsockname()[1], 8.0) as connection:
            assert connection.gettimeout() == 8.0
    assert given == [8.0 / dialing.MOST] * dialing.MOST


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate of NAME's, with its key."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    command += ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    command += ["-keyout", str(file), "-out", f"{file}.crt"]
    subprocess.run(command, check=True, capture_output=True)
    return file


@pytest.fixture
def serving(certificate: Path) -> ssl.SSLContext:
    found = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    found.load_cert_chain(f"{certificate}.crt", str(certificate))
    return found


@pytest.fixture
def trusted(certificate: Path, names: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drivers trust the certificate, as far as it is for the name that they were given."""
    names["other.example"] = ["127.0.0.1"]

    def context(**_: Any) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=f"{certificate}.crt")

    for module in (smtp, imap):
        monkeypatch.setattr(module, "tls_context", context)


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_the_certificate_is_still_checked_for_the_name(
    serving: ssl.SSLContext, trusted: None, tls: str
) -> None:
    how: dict[str, Any] = (
        {"tls_context": serving} if tls == "starttls" else {"ssl_context": serving}
    )
    with smtp_stub(**how) as server:
        assert isinstance(send(account_of(server.port, NAME, tls=tls)), Accepted)
        error = send(account_of(server.port, "other.example", tls=tls))
    assert (error.error_class, error.code) == (ErrorClass.PROVIDER_DOWN, "certificate")


def test_so_is_a_mailboxs(serving: ssl.SSLContext, trusted: None) -> None:
    with imap_stub(serving) as server:
        with Mailbox(place_of(mailbox_of(server.port, NAME, imap_tls="tls"))) as opened:
            assert opened.unseen() == []
        with pytest.raises(ssl.SSLCertVerificationError):
            Mailbox(place_of(mailbox_of(server.port, "other.example", imap_tls="tls")))


# --- when an account is stored


@pytest.mark.parametrize("host", INSIDE)
def test_a_host_inside_is_pointed_at(names: Any, settings: Any, host: str) -> None:
    settings.OUTBOUND_NETWORKS = []
    for field in ("host", "imap_host"):
        ((pointer, detail),) = problems_of_hosts("smtp", {field: host}, {})
        assert pointer == f"/options/{field}"
        assert detail.startswith(f"{host} does not lead to a public address.")
        assert list(problems_of_hosts("smtp", {field: host}, {field: host})) == []


def test_a_name_that_nobody_knows_may_be_known_later(names: dict[str, list[str]]) -> None:
    names[NAME] = ["93.184.215.14"]
    for host in (NAME, "nobody-knows-it.invalid", "a" * 70 + ".example"):
        assert list(problems_of_hosts("smtp", {"host": host}, {})) == []
    assert list(problems_of_hosts("simulator", {"latency_ms": 1}, {})) == []


MAIL = {"name": "own", "kind": "smtp", "channel": "email"}
SENDER = {"from": "hello@acme.example"}


def test_the_api_refuses_it_and_lets_what_is_stored_be(
    api: Any, acme: Any, names: dict[str, list[str]], settings: Any
) -> None:
    settings.OUTBOUND_NETWORKS = []
    inside = {**SENDER, "host": "10.1.2.3"}
    refused = api.post("/provider-accounts", {**MAIL, "options": inside})
    assert (refused.status, refused.pointers) == (422, ["/options/host"])
    settings.OUTBOUND_NETWORKS = ["10.1.0.0/16"]
    made = api.post("/provider-accounts", {**MAIL, "options": inside})
    assert made.status == 201, made
    settings.OUTBOUND_NETWORKS = []
    address = f"/provider-accounts/{made.body['id']}"
    assert api.patch(address, {"enabled": False, "options": inside}).status == 200
    answer = api.patch(address, {"options": {**inside, "imap_host": "192.168.1.1"}})
    assert (answer.status, answer.pointers) == (422, ["/options/imap_host"])


def test_a_host_is_a_name_or_an_address_and_nothing_else(api: Any) -> None:
    for host in ("smtp://mail.example.org", "mail example org", "me@example.org"):
        answer = api.post("/provider-accounts", {**MAIL, "options": {**SENDER, "host": host}})
        assert (answer.status, answer.pointers) == (422, ["/options/host"])
