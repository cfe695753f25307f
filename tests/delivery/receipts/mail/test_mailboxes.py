"""Bounces of SMTP accounts, from the mailbox that they come to."""

import ssl
import subprocess
from typing import Any

import pytest

from delivery import accounts
from delivery.receipts import take
from delivery.receipts.mail import mailboxes
from signalbus import tasks
from tenants import doors
from tests.delivery.receipts.mail.boxes import fields_of, make_mailbox, report
from tests.delivery.receipts.mail.imap_stub import ImapStub, imap_stub
from tests.delivery.receipts.sent import Sent
from tests.make import make_account, make_platform_account


def test_a_bounce_moves_the_delivery_and_suppresses(acme: Any, server: ImapStub):
    sent = Sent(acme, make_mailbox(acme, server))
    server.put(report(sent, "postfix_unknown"))
    assert mailboxes.read_all() == 1
    assert (sent.status, sent.suppressed) == ("bounced", ["hard_bounce"])
    (receipt,) = sent.receipts
    assert (receipt.attempt_id, receipt.code) == (sent.attempt.id, "550 5.1.1")
    assert server.unseen == []
    assert mailboxes.read_all() == 0


@pytest.mark.parametrize(
    ("name", "status", "suppressed"),
    [
        ("postfix_full", "failed", []),
        ("postfix_spam", "failed", []),
        ("postfix_delivered", "delivered", []),
        ("exim_no_tag", "bounced", ["hard_bounce"]),
        ("feedback_abuse", "sent", ["complaint"]),
    ],
)
def test_what_follows(acme: Any, server: ImapStub, name: str, status: str, suppressed: list[str]):
    sent = Sent(acme, make_mailbox(acme, server))
    server.put(report(sent, name))
    mailboxes.read_all()
    assert (sent.status, sent.suppressed) == (status, suppressed)


def test_what_is_no_report_stays_and_is_read_once(acme: Any, server: ImapStub):
    sent = Sent(acme, make_mailbox(acme, server, imap_delete=True))
    for name in ("away", "qmail", "postfix_unknown"):
        server.put(report(sent, name))
    assert mailboxes.read_all() == 1
    assert list(server.messages) == [1, 2]  # the report itself was to be deleted
    assert server.unseen == []


def test_a_server_that_deletes_only_all_at_once(acme: Any, server: ImapStub):
    server.capabilities = "IMAP4rev1 AUTH=PLAIN"
    sent = Sent(acme, make_mailbox(acme, server, imap_delete=True))
    server.put(report(sent, "postfix_unknown"))
    mailboxes.read_all()
    assert server.messages == {}


@pytest.mark.parametrize("dies_after", ["STORE", "LOGOUT"])
def test_what_was_applied_before_a_crash_is_stored_once(
    acme: Any, server: ImapStub, dies_after: str
):
    sent = Sent(acme, make_mailbox(acme, server))
    server.put(report(sent, "postfix_unknown"))
    server.dies_after = dies_after
    mailboxes.read_all()
    assert sent.status == "bounced"
    server.dies_after = ""
    mailboxes.read_all()
    assert server.unseen == []
    assert len(sent.receipts) == 1


def test_nothing_is_marked_that_was_not_applied(
    acme: Any, server: ImapStub, monkeypatch: pytest.MonkeyPatch
):
    sent = Sent(acme, make_mailbox(acme, server))
    server.put(report(sent, "postfix_unknown"))

    def away(*_: Any) -> None:
        raise RuntimeError("The database is away.")

    with monkeypatch.context() as patched:
        patched.setattr(take, "take", away)
        assert mailboxes.read_all() == 0
    assert (server.unseen, sent.receipts) == ([1], [])
    mailboxes.read_all()
    assert sent.status == "bounced"


def test_many_are_read_page_by_page(acme: Any, server: ImapStub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mailboxes, "PAGE", 2)
    sent = Sent(acme, make_mailbox(acme, server))
    for name in ("postfix_delayed", "away", "postfix_full", "qmail", "postfix_unknown"):
        server.put(report(sent, name))
    assert mailboxes.read_all() == 3
    assert (len(sent.receipts), server.unseen) == (3, [])


def test_a_mailbox_of_one_tenant_cannot_touch_another(acme: Any, globex: Any, server: ImapStub):
    make_mailbox(globex, server)
    theirs = Sent(acme, make_account(acme))
    server.put(report(theirs, "postfix_unknown"))
    server.put(report(theirs, "exim_no_tag"))
    mailboxes.read_all()
    assert (theirs.status, theirs.suppressed, theirs.receipts) == ("sent", [], [])


def test_the_platforms_mailbox_serves_each_tenant(acme: Any, globex: Any, server: ImapStub):
    account = make_platform_account("smtp", **fields_of(server))
    accounts.forget()
    own, other = Sent(acme, account), Sent(globex, account)
    server.put(report(other, "postfix_unknown"))
    assert mailboxes.read_all() == 1
    assert (own.status, other.status) == ("sent", "bounced")


def test_a_broken_mailbox_harms_no_other_and_is_told(acme: Any, globex: Any, server: ImapStub):
    with imap_stub() as broken:
        broken.password = "another"
        row = make_mailbox(acme, broken)
        sent = Sent(globex, make_mailbox(globex, server))
        server.put(report(sent, "postfix_unknown"))
        tasks.read_mailboxes()
        assert sent.status == "bounced"
        assert doors.mailbox_of(row.id)[1] == "[AUTHENTICATIONFAILED] wrong password"
        broken.password = "secret"
        tasks.read_mailboxes()
    assert doors.mailbox_of(row.id)[1] == ""


@pytest.mark.parametrize("refused", ["SELECT", "SEARCH", "FETCH", "STORE"])
def test_every_refusal_is_told(acme: Any, server: ImapStub, refused: str):
    row = make_mailbox(acme, server)
    server.put(report(Sent(acme, row), "away"))
    server.refuse = {refused}
    mailboxes.read_all()
    assert doors.mailbox_of(row.id)[1] == f"{refused} is not possible now"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """With a certificate that nobody else has signed."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    names = ["-subj", "/CN=127.0.0.1", "-keyout", str(file), "-out", str(file) + ".crt"]
    subprocess.run([*command, *names], check=True, capture_output=True)
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.load_cert_chain(str(file) + ".crt", str(file))
    return found


def test_it_is_read_over_tls_and_the_certificate_is_checked(acme: Any, context: ssl.SSLContext):
    with imap_stub(context) as server:
        row = make_mailbox(acme, server, imap_tls="tls")
        sent = Sent(acme, row)
        server.put(report(sent, "postfix_unknown"))
        mailboxes.read_all()
        assert "CERTIFICATE_VERIFY_FAILED" in doors.mailbox_of(row.id)[1]
        lenient = make_mailbox(acme, server, name="lenient", imap_tls="tls", verify=False)
        accounts.forget()
        mailboxes.read_all()
        assert doors.mailbox_of(lenient.id)[1] == ""
    assert sent.status == "bounced"


def test_a_server_that_is_away_is_told(acme: Any):
    options = {"host": "127.0.0.1", "imap_host": "127.0.0.1", "imap_port": 1}
    row = make_account(acme, "smtp", options=options)
    mailboxes.read_all()
    assert "refused" in doors.mailbox_of(row.id)[1]


def test_an_account_without_a_mailbox_is_left_alone(acme: Any):
    row = make_account(acme, "smtp", options={"host": "127.0.0.1", "imap_host": ""})
    mailboxes.read_all()
    assert doors.mailbox_of(row.id) == (None, "")
