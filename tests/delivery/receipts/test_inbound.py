"""E-mail that people send, as services hand it over at the hook's address with ?inbound=1."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from delivery.receipts import receivers
from delivery.receipts.events import Inbound
from tests.delivery.receipts.calls import FORM, PROOFS, Call, _mailgun, event, post
from tests.delivery.receipts.sent import Sent, make_hooked

MIME = (
    "From: Ana <ana@example.org>\r\nTo: bounces@acme.example\r\nSubject: Re: Your order\r\n"
    "Message-ID: <1@example.org>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThank you\r\n"
)
# https://postmarkapp.com/developer/webhooks/inbound-webhook, with the raw message included
POSTMARK = {
    "FromFull": {"Email": "ana@example.org", "Name": "Ana", "MailboxHash": ""},
    "ToFull": [{"Email": "bounces@acme.example", "Name": "", "MailboxHash": ""}],
    "OriginalRecipient": "bounces+1@acme.example",
    "Subject": "Re: Your order",
    "MessageID": "73e6d360-66eb-11e1-8e72-a8904824019b",
    "MessageStream": "inbound",
    "Headers": [{"Name": "Return-Path", "Value": "<ana@example.org>"}],
    "RawEmail": MIME,
    "Attachments": [],
}
# https://developers.sparkpost.com/api/relay-webhooks/
SPARKPOST = [
    {
        "msys": {
            "relay_message": {
                "content": {
                    "email_rfc822": base64.b64encode(MIME.encode()).decode(),
                    "email_rfc822_is_base64": True,
                },
                "msg_from": "ana@example.org",
                "rcpt_to": "bounces+1@acme.example",
                "protocol": "smtp",
                "webhook_id": "4839201967643219",
            }
        }
    }
]


@pytest.fixture
def received() -> Iterator[list[Inbound]]:
    """What people sent."""
    before = dict(receivers._receivers)
    messages: list[Inbound] = []
    receivers.register("email", lambda given: messages.extend(given) or len(given))
    yield messages
    receivers._receivers.clear()
    receivers._receivers.update(before)


def mailgun_form() -> Call:
    """https://documentation.mailgun.com/docs/mailgun/user-manual/receive-forward-store/"""
    signature = json.loads(_mailgun({}, None).body)["signature"]  # type: ignore[arg-type]
    form = {
        "recipient": "bounces+1@acme.example",
        "sender": "ana@example.org",
        "body-mime": MIME,
        **signature,
    }
    return Call(body=urlencode(form).encode(), content_type=FORM)


CALLS = {
    "postmark": PROOFS["postmark"].signed(POSTMARK, None),  # type: ignore[arg-type]
    "sparkpost": PROOFS["sparkpost"].signed(SPARKPOST, None),  # type: ignore[arg-type]
    "mailgun": mailgun_form(),
}


@pytest.mark.parametrize("kind", CALLS)
def test_it_is_handed_over_whole(acme: Any, received: list[Inbound], kind: str):
    account = make_hooked(acme, kind)
    assert post(kind, account.id, replace(CALLS[kind], query="inbound=1")).status == 200
    (message,) = received
    assert (message.account, message.tenant_id) == (account.id, acme.id)
    assert (message.channel, message.kind) == ("email", kind)
    assert (message.from_, message.to) == ("ana@example.org", "bounces+1@acme.example")
    assert (message.subject, message.text.strip()) == ("Re: Your order", "Thank you")
    assert b"Message-ID: <1@example.org>" in message.mime
    assert message.event_id


def test_unproven_is_not_handed_over(acme: Any, received: list[Inbound]):
    account = make_hooked(acme, "postmark")
    call = replace(CALLS["postmark"], query="inbound=1").but(Authorization="")
    assert (post("postmark", account.id, call).status, received) == (401, [])


def test_the_key_of_receipts_does_not_prove_inbound_mail_where_it_is_not_signed(acme: Any):
    account = make_hooked(acme, "sendgrid")
    answer = post("sendgrid", account.id, Call(body=b"{}", query="inbound=1"))
    assert answer.status == 403
    assert "`webhook_secret`" in answer.body["detail"]


@pytest.mark.parametrize("inbound", [False, True])
def test_the_wrong_address_is_told(acme: Any, received: list[Inbound], inbound: bool):
    sent = Sent(acme, make_hooked(acme, "postmark"))
    call = sent.call(event("postmark", "delivery")) if inbound else CALLS["postmark"]
    query = "inbound=1" if inbound else ""
    answer = post("postmark", sent.account.id, replace(call, query=query))
    assert (answer.status, received, sent.receipts) == (400, [], [])
    assert "?inbound=1" in answer.body["detail"]


def test_what_nobody_takes_is_only_counted(acme: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(receivers, "_receivers", {})
    account = make_hooked(acme, "postmark")
    assert post("postmark", account.id, replace(CALLS["postmark"], query="inbound=1")).status == 200
