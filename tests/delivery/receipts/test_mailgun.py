"""Mailgun's signature: not an old one, for one content only, and not kept."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from delivery.receipts import apply
from signalbus import retention
from tenants.models import HookToken
from tests.delivery.receipts.calls import Call, event, mailgun, post
from tests.delivery.receipts.sent import REFERENCE, Sent, make_hooked

DELIVERED, COMPLAINED = event("mailgun", "delivered"), event("mailgun", "complained")
HOUR = 3600


@pytest.fixture
def sent(acme: Any) -> Sent:
    return Sent(acme, make_hooked(acme, "mailgun"))


def body(sent: Sent) -> Any:
    return DELIVERED.about(
        delivery=sent.delivery.id,
        attempt=sent.attempt.id,
        tenant=sent.tenant.id,
        reference=REFERENCE,
    )


@pytest.mark.parametrize(
    ("age", "status"),
    [(0, 200), (8 * HOUR, 200), (8 * HOUR + 400, 403), (-200, 200), (-400, 403), (10**9, 403)],
)
def test_it_is_taken_for_as_long_as_mailgun_repeats_it(sent: Sent, age: int, status: int):
    assert post("mailgun", sent.account.id, mailgun(body(sent), age=age)).status == status
    assert len(sent.receipts) == (status == 200)


def with_signature_of(call: Call, other: Call, **changed: Any) -> Call:
    signature = {**json.loads(other.body)["signature"], **changed}
    return replace(
        call, body=json.dumps({**json.loads(call.body), "signature": signature}).encode()
    )


def test_a_token_proves_nothing_else(acme: Any, sent: Sent):
    first, second = sent.call(DELIVERED), Sent(acme, sent.account)
    assert post("mailgun", sent.account.id, first).status == 200
    forged = with_signature_of(second.call(COMPLAINED), first)
    assert post("mailgun", sent.account.id, forged).status == 403
    assert second.suppressed == []
    assert post("mailgun", sent.account.id, first).status == 200, "a repetition is no other"


def test_a_token_is_used_up_before_anything_is_stored(acme: Any, sent: Sent, monkeypatch: Any):
    """The call that could not be stored comes again; nobody else's comes in its place."""

    def away(*_: Any) -> None:
        raise OperationalError("the connection is closed")

    first, second = sent.call(DELIVERED), Sent(acme, sent.account)
    with monkeypatch.context() as gone:
        gone.setattr(apply, "take_in", away)
        assert post("mailgun", sent.account.id, first).status == 503
    assert (HookToken.objects.count(), sent.receipts) == (1, [])
    forged = with_signature_of(second.call(COMPLAINED), first)
    assert post("mailgun", sent.account.id, forged).status == 403
    assert second.suppressed == []
    assert post("mailgun", sent.account.id, first).status == 200
    assert sent.status == "delivered"


def test_nor_where_token_and_moment_are_divided_otherwise(acme: Any, sent: Sent):
    """They are signed as one text."""
    first, second = sent.call(DELIVERED), Sent(acme, sent.account)
    assert post("mailgun", sent.account.id, first).status == 200
    given = json.loads(first.body)["signature"]
    moved = {"timestamp": "", "token": given["timestamp"] + given["token"]}
    for changed in (moved, {**moved, "timestamp": given["timestamp"][:9]}):
        forged = with_signature_of(second.call(COMPLAINED), first, **changed)
        assert post("mailgun", sent.account.id, forged).status == 403


def test_a_form_that_is_repeated_is_divided_by_another_line(sent: Sent):
    given = json.loads(sent.call(DELIVERED).body)["signature"]
    fields = {**given, "recipient": "a@acme.example", "sender": "b@x.example", "body-mime": "A: b"}
    for boundary, form in (("one", fields), ("two", fields), ("three", {**fields, "sender": "c"})):
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in form.items()
        ]
        content = "".join([*parts, f"--{boundary}--\r\n"]).encode()
        call = Call(
            body=content,
            content_type=f"multipart/form-data; boundary={boundary}",
            query="inbound=1",
        )
        expected = 403 if boundary == "three" else 200
        assert post("mailgun", sent.account.id, call).status == expected


def test_it_is_not_kept_with_the_receipt(sent: Sent):
    assert sent.tell(DELIVERED).status == 200
    (receipt,) = sent.receipts
    assert set(receipt.raw) == {"event-data"}


def test_tokens_are_forgotten_once_nothing_is_taken_with_them(sent: Sent):
    assert sent.tell(DELIVERED).status == 200
    retention.purge_receipts(timezone.now() + timedelta(hours=9))
    assert HookToken.objects.count() == 1
    retention.purge_receipts(timezone.now() + timedelta(hours=25))
    assert HookToken.objects.count() == 0
