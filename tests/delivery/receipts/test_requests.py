"""Requests to the hooks that are no plain receipts: too long, not readable, at a bad moment."""

import json
from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from prometheus_client import REGISTRY

from delivery.models import Receipt
from delivery.receipts import apply, hooks
from delivery.receipts.readers import resend
from tenants import doors
from tenants.context import in_tenant
from tests.delivery.receipts.calls import BASIC, Call, event, post
from tests.delivery.receipts.sent import Sent, make_hooked
from tests.door import Api

DELIVERY = event("postmark", "delivery")


def counted(kind: str, told: str, outcome: str) -> float:
    labels = {"provider": kind, "event": told, "outcome": outcome}
    return REGISTRY.get_sample_value("signalbus_receipts_total", labels) or 0.0


def test_without_postgresql_the_provider_is_to_repeat_it(acme: Any, monkeypatch: Any):
    sent = Sent(acme, make_hooked(acme, "postmark"))
    call = sent.call(DELIVERY)

    def away(*_: Any) -> None:
        raise OperationalError("the connection is closed")

    with monkeypatch.context() as gone:
        gone.setattr(doors, "tenant_of", away)
        answer = post("postmark", sent.account.id, call)
        assert (answer.status, answer.kind) == (503, "unavailable")
        assert answer.headers["Retry-After"]
    with monkeypatch.context() as gone:
        gone.setattr(apply, "take_in", away)
        assert post("postmark", sent.account.id, call).status == 503
    assert post("postmark", sent.account.id, call).status == 200
    assert sent.status == "delivered"


def test_a_body_that_is_too_long_is_refused(acme: Any, settings: Any):
    sent = Sent(acme, make_hooked(acme, "postmark"))
    settings.MAX_BATCH_BODY_BYTES = 100
    assert post("postmark", sent.account.id, sent.call(DELIVERY)).status == 413
    assert sent.receipts == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b'{"RecordType": 1}'])
@pytest.mark.parametrize("kind", ["postmark", "sparkpost", "mailjet", "brevo"])
def test_what_makes_no_sense_is_no_fault_of_ours(acme: Any, kind: str, body: bytes):
    account = make_hooked(acme, kind)
    answer = post(kind, account.id, Call(body=body, headers={"Authorization": BASIC}))
    assert answer.status in (200, 400)
    with in_tenant(acme):
        assert Receipt.objects.count() == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"\xff"', b'{"signature": 1}'])
@pytest.mark.parametrize(
    "kind",
    ["amazon_ses", "mailersend", "mailgun", "mandrill", "postal", "resend", "sendgrid", "twilio"],
)
def test_what_cannot_be_checked_is_not_proven(acme: Any, kind: str, body: bytes):
    account = make_hooked(acme, kind)
    assert post(kind, account.id, Call(body=body)).status == 403


def test_odd_characters_are_stored_as_far_as_they_can_be(acme: Any):
    sent = Sent(acme, make_hooked(acme, "postmark"))
    call = sent.call(event("postmark", "hard_bounce"))
    body = {**json.loads(call.body), "Details": "550 5.1.1 a\0b\ud800", "More": [1e400, "\0"]}
    odd = replace(call, body=json.dumps(body).encode())
    assert post("postmark", sent.account.id, odd).status == 200
    (receipt,) = sent.receipts
    assert receipt.detail.endswith("550 5.1.1 ab?")
    assert receipt.raw["More"] == ["inf", ""]


def test_a_very_long_event_is_kept_in_part(acme: Any):
    sent = Sent(acme, make_hooked(acme, "postmark"))
    call = sent.call(event("postmark", "hard_bounce"))
    body = {**json.loads(call.body), "Content": "x" * 100_000}
    post("postmark", sent.account.id, replace(call, body=json.dumps(body).encode()))
    (receipt,) = sent.receipts
    assert len(receipt.raw["too_long"]) == 65_536


@pytest.mark.parametrize("kind", ["mailgun", "amazon_ses", "postal", "resend", "unisender_go"])
def test_what_is_nested_without_end_is_not_proven(acme: Any, kind: str):
    account = make_hooked(acme, kind)
    call = Call(body=b'{"signature":' + b"[" * 200_000)
    assert post(kind, account.id, call).status == 403


@pytest.mark.parametrize("moment", ["\u00b2", "9" * 5000, "-1", "1.0", " 1"])
def test_what_is_no_moment_signs_nothing_for_resend(acme: Any, moment: str):
    account = make_hooked(acme, "resend")
    headers = {"svix-timestamp": moment, "svix-id": "1", "svix-signature": "v1,a"}
    assert post("resend", account.id, Call(body=b"{}", headers=headers)).status == 403


@pytest.mark.parametrize("method", ["get", "head"])
def test_services_may_look_whether_the_address_answers(acme: Any, method: str):
    account = make_hooked(acme, "mandrill")
    client = Client(raise_request_exception=False)
    assert getattr(client, method)(f"/hooks/mandrill/{account.id}").status_code == 200
    assert getattr(client, method)(f"/hooks/postmark/{account.id}").status_code == 404


def test_other_methods_are_refused(acme: Any):
    account = make_hooked(acme, "postmark")
    answer = Client(raise_request_exception=False).delete(f"/hooks/postmark/{account.id}")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")


def test_an_old_signature_of_resend_is_none(acme: Any, monkeypatch: Any):
    sent = Sent(acme, make_hooked(acme, "resend"))
    call = sent.call(event("resend", "delivered"))
    later = resend.time.time() + resend.SECONDS_OFF + 10
    monkeypatch.setattr(resend.time, "time", lambda: later)
    assert (post("resend", sent.account.id, call).status, sent.receipts) == (403, [])


def test_both_proofs_are_needed_where_both_are_set(acme: Any):
    secrets = {"webhook_signing_key": "signing", "webhook_secret": "signalbus:long-and-random"}
    sent = Sent(acme, make_hooked(acme, "mailgun", credentials=secrets))
    call = sent.call(event("mailgun", "delivered"))
    assert post("mailgun", sent.account.id, call).status == 401
    assert post("mailgun", sent.account.id, call.but(Authorization=BASIC)).status == 200


def test_a_disabled_account_still_hears(acme: Any):
    sent = Sent(acme, make_hooked(acme, "postmark", enabled=False))
    assert sent.tell(DELIVERY).status == 200
    assert sent.status == "delivered"


def test_what_came_is_counted(acme: Any):
    sent = Sent(acme, make_hooked(acme, "postmark"))
    names = [("delivered", "applied"), ("delivered", "repeated"), ("opened", "ignored")]
    names += [("complained", "stored"), ("request", "refused")]
    before = [counted("postmark", *name) for name in names]
    for _ in range(2):
        sent.tell(DELIVERY)
    sent.tell(event("postmark", "open"))
    sent.tell(event("postmark", "spam_complaint"))
    post("postmark", sent.account.id, sent.call(DELIVERY).but(Authorization="Basic eDp5"))
    after = [counted("postmark", *name) for name in names]
    assert [b - a for a, b in zip(before, after, strict=True)] == [1.0] * len(names)


def test_a_delivery_that_a_receipt_ends_badly_is_told_in_the_log(acme: Any, capfd: Any):
    sent = Sent(acme, make_hooked(acme, "postmark"))
    capfd.readouterr()
    sent.tell(event("postmark", "hard_bounce"))
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines() if line[:1] == "{"]
    (line,) = [each for each in lines if each["event"] == "delivery.bounced"]
    assert (line["tenant"], line["delivery"]) == ("acme", str(sent.delivery.id))
    assert (line["error_class"], line["code"]) == ("bad_address", "550 5.1.1")
    assert "ana@example.org" not in json.dumps(lines)


def test_the_timeline_tells_it(acme: Any, api: Api):
    sent = Sent(acme, make_hooked(acme, "postmark"))
    sent.tell(event("postmark", "hard_bounce"))
    shown = api.get(f"/notifications/{sent.delivery.notification_id}").body
    (line,) = [each for each in shown["timeline"] if each["event"] == "bounced"]
    assert (line["provider"], line["code"]) == ("postmark", "550 5.1.1")
    assert (line["delivery"], line["attempt"]) == (str(sent.delivery.id), str(sent.attempt.id))
    (receipt,) = shown["receipts"]
    assert (receipt["error_class"], receipt["applied"]) == ("bad_address", True)
    assert shown["status"] == "bounced"


def test_the_hooks_are_no_part_of_the_api_document():
    from signalbus.api.urls import urlpatterns

    assert hooks.ReceiptHook.schema is None
    assert not any("hooks" in str(pattern.pattern) for pattern in urlpatterns)
