"""Mail servers that never end what they say: they hold up nobody but their own account."""

import time
from typing import Any

import pytest

from delivery.receipts.mail import mailboxes, turns
from tenants import doors
from tests.delivery.receipts.mail.boxes import make_mailbox, report
from tests.delivery.receipts.mail.imap_stub import ImapStub
from tests.delivery.receipts.sent import Sent
from tests.dripping import dripping

GREETING = b"* OK ready\r\n"
CAPABILITY = b"* CAPABILITY IMAP4rev1\r\nTAG OK done\r\n"
IN = b"TAG OK in\r\n"
SELECTED = b"* 1 EXISTS\r\nTAG OK selected\r\n"
FOUND = b"* SEARCH 1\r\nTAG OK done\r\n"


@pytest.mark.parametrize(
    "answers",
    [
        (b"* OK ",),
        (GREETING, b"* CAPABILITY "),
        (GREETING, CAPABILITY, IN, SELECTED, b"* SEARCH "),
        (GREETING, CAPABILITY, IN, SELECTED, FOUND, b"* 1 FETCH (BODY[] {100000}\r\n"),
    ],
    ids=["greeting", "capability", "search", "fetch"],
)
def test_it_is_cut_off_and_told(
    acme: Any, monkeypatch: pytest.MonkeyPatch, answers: tuple[bytes, ...]
) -> None:
    monkeypatch.setattr(mailboxes, "SECONDS", 0.5)
    began = time.monotonic()
    with dripping(*answers) as port:
        row = make_mailbox(acme, ImapStub(port=port))
        mailboxes.read_all()
    assert time.monotonic() - began < 5
    assert doors.mailbox_of(row.id)[1] == "It took longer than 0.5 seconds."


def test_what_is_not_begun_in_time_waits_for_the_next_minute(
    acme: Any, server: ImapStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailboxes, "SECONDS", 0.5)
    monkeypatch.setattr(mailboxes, "BEGIN_SECONDS", 0.3)
    monkeypatch.setattr(mailboxes, "AT_ONCE", 1)
    with dripping(b"* OK ") as port:
        slow = make_mailbox(acme, ImapStub(port=port), name="slow")
        sent = Sent(acme, make_mailbox(acme, server))
        server.put(report(sent, "postfix_unknown"))
        assert turns.accounts() == [slow.id, sent.account.id]
        mailboxes.read_all()
        assert (sent.status, turns.accounts()) == ("sent", [sent.account.id, slow.id])
        mailboxes.read_all()
    assert sent.status == "bounced"


def test_what_was_fetched_in_time_is_taken_in(
    acme: Any, server: ImapStub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailboxes, "FETCH_SECONDS", 0.0)
    sent = Sent(acme, make_mailbox(acme, server))
    server.put(report(sent, "postfix_unknown"))
    server.put(report(sent, "postfix_full"))
    assert mailboxes.read_all() == 1
    assert (sent.status, server.unseen) == ("bounced", [2])
    assert mailboxes.read_all() == 1
    assert server.unseen == []
