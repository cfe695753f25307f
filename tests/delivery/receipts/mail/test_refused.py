"""Mail that anybody may have written, in a mailbox that others' bounces come to."""

from typing import Any

import pytest
from django.db import DataError, OperationalError

from delivery import accounts
from delivery.receipts import take
from delivery.receipts.mail import mailboxes
from tenants import doors
from tests.delivery.receipts.mail.boxes import fields_of, make_mailbox, report
from tests.delivery.receipts.mail.imap_stub import ImapStub
from tests.delivery.receipts.sent import Sent
from tests.make import make_account, make_platform_account

ODD_DATES = [
    "Fri, 20 Nov 2026 10:00:00 +2300",
    "Fri, 20 Nov 2026 10:00:00 -2359",
    "Fri, 31 Dec 9999 23:59:59 -0100",
    "Mon, 01 Jan 0001 00:00:00 +0100",
]


def dated(mime: bytes, field: str, date: str) -> bytes:
    """The report with another such field in front of what the server said."""
    line = f"{field}: {date}\r\nDiagnostic-Code: smtp;".encode()
    return mime.replace(b"Diagnostic-Code: smtp;", line)


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception, which: Any) -> None:
    """Let what is said about that delivery be impossible to take in."""
    real = take.take

    def partly(door: Any, read: Any) -> None:
        if any(event.attempt == which for event in read.receipts):
            raise error
        real(door, read)

    monkeypatch.setattr(take, "take", partly)


@pytest.mark.parametrize("date", ODD_DATES)
def test_no_date_of_an_attempt_stands_in_the_way(acme: Any, server: ImapStub, date: str) -> None:
    sent = Sent(acme, make_mailbox(acme, server))
    server.put(dated(report(sent, "postfix_full"), "Last-Attempt-Date", date))
    server.put(report(sent, "postfix_unknown"))
    assert mailboxes.read_all() == 2
    assert (server.unseen, sent.suppressed) == ([], ["hard_bounce"])
    assert doors.mailbox_of(sent.account.id)[1] == ""


def test_no_date_of_a_report_stands_in_the_way(acme: Any, server: ImapStub) -> None:
    sent = Sent(acme, make_mailbox(acme, server))
    honest = b"Date: Fri, 20 Nov 2026 09:12:41 +0000 (UTC)\r\nFrom: MAILER"
    forged = report(sent, "postfix_unknown").replace(
        honest, b"Date: Fri, 20 Nov 2026 09:12:41 +2300\r\nFrom: MAILER"
    )
    assert forged != report(sent, "postfix_unknown")
    server.put(forged)
    assert (mailboxes.read_all(), sent.status) == (1, "bounced")


def test_no_character_of_a_message_id_stands_in_the_way(acme: Any, server: ImapStub) -> None:
    account = make_platform_account("smtp", **fields_of(server))
    accounts.forget()
    sent = Sent(acme, account)
    forged = report(sent, "exim_no_tag").replace(b"-0@acme.example>", b"-0@acme\0.example>")
    server.put(forged)
    server.put(report(sent, "postfix_unknown"))
    assert mailboxes.read_all() == 2
    assert (server.unseen, sent.status) == ([], "bounced")


def test_what_cannot_be_taken_in_is_flagged_and_told(
    acme: Any, server: ImapStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = make_mailbox(acme, server)
    bad, good = Sent(acme, account), Sent(acme, account)
    for sent in (bad, good):
        server.put(report(sent, "postfix_unknown"))
    refuse(monkeypatch, DataError("out of range"), bad.attempt.id)
    assert mailboxes.read_all() == 1
    assert (bad.status, good.status) == ("sent", "bounced")
    assert server.unseen == []
    assert [uid for uid, kept in server.messages.items() if "\\Flagged" in kept.flags] == [1]
    assert doors.mailbox_of(account.id)[1].startswith("1 of the messages could not be taken in")


def test_what_cannot_be_taken_in_is_not_deleted(
    acme: Any, server: ImapStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = make_mailbox(acme, server, imap_delete=True)
    bad, good = Sent(acme, account), Sent(acme, account)
    for sent in (bad, good):
        server.put(report(sent, "postfix_unknown"))
    refuse(monkeypatch, ValueError("odd"), bad.attempt.id)
    mailboxes.read_all()
    assert list(server.messages) == [1]


@pytest.mark.parametrize("error", [OperationalError("away"), RuntimeError("a bug")])
def test_what_is_not_the_reports_fault_is_read_again(
    acme: Any, server: ImapStub, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    account = make_mailbox(acme, server)
    sent = Sent(acme, account)
    server.put(report(sent, "postfix_unknown"))
    with monkeypatch.context() as patched:
        refuse(patched, error, sent.attempt.id)
        assert mailboxes.read_all() == 0
    assert server.unseen == [1]
    assert doors.mailbox_of(account.id)[1] == mailboxes.OUR_FAULT
    mailboxes.read_all()
    assert (sent.status, doors.mailbox_of(account.id)[1]) == ("bounced", "")


def test_another_mailbox_is_not_held_up(
    acme: Any, globex: Any, server: ImapStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = Sent(globex, make_account(globex))
    sent = Sent(acme, make_mailbox(acme, server))
    server.put(report(theirs, "postfix_unknown"))
    server.put(report(sent, "postfix_unknown"))
    refuse(monkeypatch, DataError("out of range"), theirs.attempt.id)
    mailboxes.read_all()
    assert (theirs.status, sent.status) == ("sent", "bounced")
