"""Reports that an e-mail service hands over at its hook's address with ?inbound=1."""

from dataclasses import replace
from typing import Any

import pytest

from tests.delivery.receipts.calls import PROOFS, post
from tests.delivery.receipts.mail.eml import eml
from tests.delivery.receipts.sent import Sent, make_hooked
from tests.delivery.receipts.test_inbound import POSTMARK
from tests.door import Answer
from tests.make import make_account


def hand_over(account: Any, mime: bytes, to: str = "bounces@acme.example") -> Answer:
    """As Postmark does."""
    body = {**POSTMARK, "OriginalRecipient": to, "RawEmail": mime.decode()}
    call = PROOFS["postmark"].signed(body, account.id)
    return post("postmark", account.id, replace(call, query="inbound=1"))


def report(sent: Sent, name: str) -> bytes:
    return eml(name, attempt=sent.attempt.id, tenant=sent.tenant.id, delivery=sent.delivery.id)


@pytest.mark.parametrize("name", ["postfix_unknown", "exchange_unknown", "exim_no_tag"])
def test_a_bounce_of_an_smtp_account_is_applied_once(acme: Any, name: str):
    hook = make_hooked(acme, "postmark")
    sent = Sent(acme, make_account(acme, "smtp", options={"host": "127.0.0.1"}))
    for _ in range(2):
        assert hand_over(hook, report(sent, name)).status == 200
    assert (sent.status, sent.suppressed) == ("bounced", ["hard_bounce"])
    assert len(sent.receipts) == 1


def test_a_complaint_suppresses(acme: Any):
    hook = make_hooked(acme, "postmark")
    sent = Sent(acme, make_account(acme, "smtp", options={"host": "127.0.0.1"}))
    hand_over(hook, report(sent, "feedback_abuse"))
    assert (sent.status, sent.suppressed) == ("sent", ["complaint"])


def test_another_tenants_delivery_is_out_of_reach(acme: Any, globex: Any):
    hook = make_hooked(globex, "postmark")
    sent = Sent(acme, make_account(acme, "smtp", options={"host": "127.0.0.1"}))
    for name in ("postfix_unknown", "exim_no_tag"):
        assert hand_over(hook, report(sent, name)).status == 200
    assert (sent.status, sent.suppressed) == ("sent", [])


def test_what_is_no_report_changes_nothing(acme: Any):
    hook = make_hooked(acme, "postmark")
    sent = Sent(acme, make_account(acme, "smtp", options={"host": "127.0.0.1"}))
    assert hand_over(hook, report(sent, "away")).status == 200
    assert (sent.status, sent.receipts) == ("sent", [])
