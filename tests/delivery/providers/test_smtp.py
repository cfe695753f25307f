"""The SMTP driver, against a real server."""

import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers import registry
from delivery.providers.base import Accepted, Outcome
from delivery.providers.email import smtp
from delivery.providers.email.smtp import Smtp
from tests.contracts.make import make_account, make_message
from tests.contracts.stubs import SmtpStub, smtp_stub

SENDER = "Acmé Ltd. <hello@acme.example>"


@pytest.fixture
def server() -> Iterator[SmtpStub]:
    with smtp_stub() as stub:
        yield stub


def make_driver(server: SmtpStub, **fields: Any) -> Smtp:
    options = {"host": "127.0.0.1", "port": server.port, "tls": "none", "from": SENDER}
    given = {**options, **fields.pop("options", {})}
    return Smtp(make_account("smtp", options=given, **fields))


def failed(outcome: Outcome) -> DeliveryError:
    assert isinstance(outcome, DeliveryError), outcome
    return outcome


def test_what_arrives(server: SmtpStub):
    driver = make_driver(server, options={"reply_to": "help@acme.example"})
    message = make_message(
        subject="Votre commande\n café ☕",
        text="Bonjour Ana\n.une ligne qui commence par un point\n",
        html="<p>Bonjour <b>Ana</b> ☕</p>",
        headers={"X-Campaign": "autumn"},
        key="01-0",
    )
    (outcome,) = driver.send([message])
    assert outcome == Accepted(reference="<01-0@acme.example>")
    (mail,) = server.taken
    assert mail["Message-ID"] == "<01-0@acme.example>"
    assert mail["Subject"] == "Votre commande café ☕"
    assert mail["From"].addresses[0].display_name == "Acmé Ltd."
    assert (mail["To"], mail["Reply-To"]) == ("ana@example.org", "help@acme.example")
    assert mail["X-Campaign"] == "autumn"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines() == message.text.splitlines()
    assert html.get_content().strip() == message.html
    assert server.envelopes[0].mail_from == "hello@acme.example"


def test_a_repetition_has_the_same_message_id(server: SmtpStub):
    driver = make_driver(server)
    for number in (1, 2):
        driver.send([make_message(key="same", number=number, possibly_repeated=number == 2)])
    assert [mail["Message-ID"] for mail in server.taken] == ["<same@acme.example>"] * 2


def test_the_connection_is_kept(server: SmtpStub):
    driver = make_driver(server)
    for _ in range(5):
        driver.send([make_message()])
    assert len(server.sessions) == 1


def test_a_connection_is_given_up_after_a_hundred_messages(
    server: SmtpStub, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(smtp, "MESSAGES_PER_CONNECTION", 2)
    driver = make_driver(server)
    for _ in range(5):
        driver.send([make_message()])
    assert len(server.sessions) == 3


def test_a_refusal_does_not_cost_the_connection(server: SmtpStub):
    driver = make_driver(server)
    server.rcpt = "550 5.1.1 No such user"
    assert failed(driver.send([make_message()])[0]).error_class is ErrorClass.BAD_ADDRESS
    server.rcpt = "250 OK"
    assert isinstance(driver.send([make_message()])[0], Accepted)
    assert len(server.sessions) == 1


def test_a_kept_connection_that_the_server_closed_is_replaced(server: SmtpStub):
    driver = make_driver(server)
    driver.send([make_message()])
    server.mail = "421 4.4.2 Idle for too long"
    assert failed(driver.send([make_message()])[0]).error_class is ErrorClass.BUSY
    server.mail = "250 OK"
    assert isinstance(driver.send([make_message()])[0], Accepted)
    assert len(server.taken) == 2


def test_a_broken_kept_connection_is_replaced_at_once(server: SmtpStub):
    driver = make_driver(server)
    driver.send([make_message()])
    kept = driver._pool.take()
    assert kept is not None
    assert kept._server.sock is not None
    kept._server.sock.shutdown(2)
    driver._pool.put(kept)
    assert isinstance(driver.send([make_message()])[0], Accepted)


def test_refused_content(server: SmtpStub):
    server.data = "554 5.7.1 Looks like spam"
    error = failed(make_driver(server).send([make_message()])[0])
    assert error.error_class is ErrorClass.CONTENT_REFUSED
    assert (error.code, error.detail) == ("554 5.7.1", "554 5.7.1 Looks like spam")


def test_log_in(server: SmtpStub):
    good = {"username": "acme", "password": "secret"}
    assert isinstance(make_driver(server, credentials=good).send([make_message()])[0], Accepted)
    bad = {"username": "acme", "password": "wrong"}
    error = failed(make_driver(server, credentials=bad).send([make_message()])[0])
    assert error.error_class is ErrorClass.OUR_ACCOUNT
    assert error.code.startswith("535")


def test_starttls_is_insisted_on(server: SmtpStub):
    error = failed(make_driver(server, options={"tls": "starttls"}).send([make_message()])[0])
    assert error.error_class is ErrorClass.OUR_ACCOUNT
    assert not server.taken


@pytest.mark.parametrize("to", ["ana@", "", "a\r\nRCPT TO:<x@y.z>@example.org", "no address"])
def test_what_is_no_address_never_reaches_the_server(server: SmtpStub, to: str):
    error = failed(make_driver(server).send([make_message(to=to)])[0])
    assert error.error_class is ErrorClass.CONTENT_REFUSED
    assert not server.envelopes


def test_a_header_cannot_smuggle_another_one(server: SmtpStub):
    message = make_message(headers={"X-One": "a\r\nBcc: eve@example.org"})
    assert failed(make_driver(server).send([message])[0]).code == "message"
    assert not server.envelopes


def test_an_end_of_data_in_the_text_stays_text(server: SmtpStub):
    text = "one\r\n.\r\nMAIL FROM:<eve@example.org>\r\n"
    make_driver(server).send([make_message(text=text, html="")])
    (mail,) = server.taken
    assert "MAIL FROM:<eve@example.org>" in mail.get_content()


def test_addresses_beyond_ascii(server: SmtpStub):
    make_driver(server).send([make_message(to="ana@exämple.org")])
    assert server.envelopes[0].rcpt_tos == ["ana@xn--exmple-cua.org"]
    make_driver(server).send([make_message(to="añá@example.org")])
    assert server.envelopes[1].rcpt_tos == ["añá@example.org"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate with its key."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    command += ["-subj", "/CN=localhost", "-keyout", str(file), "-out", f"{file}.crt"]
    subprocess.run(command, check=True, capture_output=True)
    file.write_text(file.read_text() + Path(f"{file}.crt").read_text())
    return file


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def test_starttls(context: ssl.SSLContext):
    with smtp_stub(tls_context=context, require_starttls=True) as server:
        lenient = make_driver(server, options={"tls": "starttls", "verify": False})
        assert isinstance(lenient.send([make_message()])[0], Accepted)
        strict = make_driver(server, options={"tls": "starttls"})
        error = failed(strict.send([make_message()])[0])
        assert (error.error_class, error.code) == (ErrorClass.PROVIDER_DOWN, "certificate")
        assert "CERTIFICATE_VERIFY_FAILED" in error.detail


def test_tls_from_the_start(context: ssl.SSLContext):
    with smtp_stub(ssl_context=context) as server:
        driver = make_driver(server, options={"tls": "tls", "verify": False})
        assert isinstance(driver.send([make_message()])[0], Accepted)


def test_pipelining(server: SmtpStub):
    server.capabilities = ("PIPELINING",)
    driver = make_driver(server)
    assert isinstance(driver.send([make_message()])[0], Accepted)
    server.rcpt = "550 5.1.1 No such user"
    assert failed(driver.send([make_message()])[0]).error_class is ErrorClass.BAD_ADDRESS
    server.rcpt = "250 OK"
    assert isinstance(driver.send([make_message()])[0], Accepted)
    assert len(server.taken) == 2


def test_close_lets_go_of_what_is_kept(server: SmtpStub):
    driver = make_driver(server)
    driver.send([make_message()])
    driver.close()
    assert driver._pool.take() is None
    driver.send([make_message()])
    assert driver._pool.take() is None


def test_as_many_connections_as_threads(server: SmtpStub):
    driver = make_driver(server)
    barrier = threading.Barrier(4)

    def send() -> None:
        barrier.wait()
        for _ in range(10):
            driver.send([make_message()])

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.taken) == 40
    assert len(server.sessions) <= 4


def test_each_message_has_a_return_path_of_its_own(server: SmtpStub):
    driver = make_driver(server, options={"return_path": "bounces@acme.example"})
    message = make_message()
    driver.send([message])
    tag = f"{message.attempt.hex}-{message.tenant_id}"
    assert server.envelopes[0].mail_from == f"bounces+{tag}@acme.example"
    assert server.taken[0]["X-Signalbus-Attempt"] == tag
    assert server.taken[0]["From"].addresses[0].addr_spec == "hello@acme.example"


@pytest.mark.parametrize(
    ("return_path", "words"),
    [
        ("Acme <bounces@acme.example>", "address alone"),
        ("bounces+1@acme.example", "without +"),
        (f"{'b' * 21}@acme.example", "At most 20 characters"),
        ("bounces", "must be a mail address"),
    ],
)
def test_a_return_path_that_leaves_no_room_for_a_tag_is_refused(return_path: str, words: str):
    options = {"host": "h", "from": SENDER, "return_path": return_path}
    ((pointer, detail),) = registry.validate("smtp", "email", options, {})
    assert pointer == "/options/return_path"
    assert words in detail
