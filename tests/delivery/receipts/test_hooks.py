"""The hooks, called with what providers send: proven or refused, once, and each tenant's own."""

from typing import Any

import pytest

from delivery.models import Attempt
from tenants.context import in_tenant
from tests.delivery.history_rows import set_entry
from tests.delivery.receipts.calls import PROOFS, Event, event, events, post, spoilt
from tests.delivery.receipts.sent import REFERENCE, Sent, make_hooked

SUPPRESSES = {"bounced": ["hard_bounce"], "complained": ["complaint"], "opted_out": ["opt_out"]}
BY_CLASS: dict[str | None, list[str]] = {"opted_out": ["opt_out"]}
# One good event of each kind.
ARRIVED = {each.kind: each for each in events() if each.expected["kind"] == "delivered"}
KINDS = sorted(PROOFS)
# Mandrill tells nothing of arrival.
TELLS = {**ARRIVED, "mandrill": event("mandrill", "hard_bounce")}
HANDS_NOTHING_BACK = {"mailersend", "postal", "twilio"}


def test_every_kind_has_recorded_events():
    assert set(TELLS) == set(KINDS)


@pytest.mark.parametrize("told", list(events()), ids=str)
def test_what_comes_of_it(acme: Any, told: Event):
    sent = Sent(acme, make_hooked(acme, told.kind))
    assert sent.tell(told).status == 200
    kind = told.expected["kind"]
    assert sent.status == told.expected["status"]
    assert sent.suppressed == SUPPRESSES.get(
        kind, BY_CLASS.get(told.expected.get("error_class"), [])
    )
    if kind == "ignored":
        assert sent.receipts == []
        return
    (receipt,) = sent.receipts
    assert (receipt.event, receipt.delivery_id) == (kind, sent.delivery.id)
    assert receipt.attempt_id == sent.attempt.id
    for name in ("error_class", "code"):
        if name in told.expected:
            assert getattr(receipt, name) == told.expected[name]
    assert receipt.applied == (sent.status != "sent")
    assert receipt.raw


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("missing", [False, True], ids=["wrong", "missing"])
def test_what_is_not_proven_is_not_taken(acme: Any, kind: str, missing: bool):
    sent = Sent(acme, make_hooked(acme, kind))
    answer = post(kind, sent.account.id, spoilt(kind, sent.call(TELLS[kind]), missing=missing))
    assert answer.status in (401, 403)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (sent.status, sent.receipts, sent.suppressed) == ("sent", [], [])


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"twilio", "unisender_go"}))
def test_an_account_without_a_secret_takes_nothing(acme: Any, kind: str):
    sent = Sent(acme, make_hooked(acme, kind, credentials={}, options={}))
    answer = sent.tell(TELLS[kind])
    assert answer.status == 403
    assert "give it `" in answer.body["detail"]
    assert sent.receipts == []


@pytest.mark.parametrize("kind", KINDS)
def test_twice_is_once(acme: Any, kind: str):
    sent = Sent(acme, make_hooked(acme, kind))
    answers = [sent.tell(TELLS[kind]).status for _ in range(2)]
    assert (answers, len(sent.receipts)) == ([200, 200], 1)


@pytest.mark.parametrize("kind", KINDS)
def test_an_account_of_acme_moves_nothing_of_globex(acme: Any, globex: Any, kind: str):
    theirs = Sent(globex, make_hooked(globex, kind))
    own = make_hooked(acme, kind)
    ids = {"delivery": theirs.delivery.id, "attempt": theirs.attempt.id, "tenant": globex.id}
    body = TELLS[kind].about(**ids, reference=REFERENCE)
    assert post(kind, own.id, PROOFS[kind].signed(body, own.id)).status == 200
    assert (theirs.status, theirs.receipts, theirs.suppressed) == ("sent", [], [])


@pytest.mark.parametrize("kind", sorted(set(KINDS) - HANDS_NOTHING_BACK))
def test_it_comes_before_the_attempt_is_recorded(acme: Any, kind: str):
    sent = Sent(acme, make_hooked(acme, kind), status="queued", attempts=0)
    with in_tenant(acme):
        Attempt.objects.all().delete()
    set_entry(sent.delivery.id, claim=sent.attempt.id, published=True)
    assert sent.tell(TELLS[kind], reference="not known yet").status == 200
    assert sent.status == TELLS[kind].expected["status"]


def test_an_unknown_account_is_not_found(acme: Any):
    sent = Sent(acme, make_hooked(acme, "postmark"))
    call = sent.call(TELLS["postmark"])
    assert post("postmark", sent.delivery.id, call).status == 404
    assert post("sendgrid", sent.account.id, call).status == 404


def test_a_kind_that_tells_nothing_has_no_hook(acme: Any):
    account = make_hooked(acme, "postmark")
    account.kind = "simulator"
    with in_tenant(acme):
        account.save()
    assert post("simulator", account.id, Sent(acme, account).call(TELLS["postmark"])).status == 404
