"""Receipts of the platform's accounts that nobody owns yet are kept, and matched by a job."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from delivery.models import Attempt
from delivery.receipts import apply, owners, strays
from delivery.receipts.matching import match_all
from signalbus import retention
from tenants.context import in_tenant
from tenants.models import StrayReceipt
from tests.delivery.history_rows import make_attempt
from tests.delivery.receipts.calls import event
from tests.delivery.receipts.sent import REFERENCE, Sent
from tests.delivery.receipts.test_platform import make_platform_account

BOUNCED = event("mailersend", "hard_bounced")
MINUTE = timedelta(minutes=1)


@pytest.fixture
def early(acme: Any, globex: Any) -> Sent:
    """A delivery whose receipt came before its attempt was recorded."""
    sent = Sent(acme, make_platform_account("mailersend"))
    with in_tenant(acme):
        Attempt.objects.all().delete()
    assert sent.tell(BOUNCED).status == 200
    assert (sent.status, sent.receipts) == ("sent", [])
    return sent


def record(sent: Sent) -> None:
    sent.attempt = make_attempt(
        sent.tenant, sent.delivery, account_id=sent.account.id, reference=REFERENCE
    )


def test_it_is_kept_once_as_it_came(early: Sent):
    assert early.tell(BOUNCED).status == 200
    row = StrayReceipt.objects.get()
    assert (row.account_id, row.reference, row.event) == (early.account.id, REFERENCE, "bounced")
    assert row.raw["data"]["type"] == "hard_bounced"


def test_it_is_matched_once_the_attempt_is_recorded(early: Sent):
    now = timezone.now()
    assert match_all(now + MINUTE) == 0
    record(early)
    assert match_all(now + 3 * MINUTE) == 1
    (receipt,) = early.receipts
    assert (early.status, receipt.applied, receipt.error_class) == ("bounced", True, "bad_address")
    assert early.suppressed == ["hard_bounce"]
    assert StrayReceipt.objects.count() == 0
    assert early.tell(BOUNCED).status == 200
    assert len(early.receipts) == 1


def test_twilio_is_not_to_repeat_what_no_tenant_has_sent(acme: Any):
    """Its receipts are always of now."""
    account = make_platform_account("twilio")
    told = event("twilio", "delivered")
    sent = Sent(acme, account)
    assert sent.tell(told, reference="SMof-somebody-else").status == 200
    assert StrayReceipt.objects.count() == 1


def test_it_is_asked_about_ever_more_seldom_and_then_no_more(early: Sent):
    start = StrayReceipt.objects.get().received_at
    looks = 0
    for minute in range(1, 24 * 60):
        before = StrayReceipt.objects.get().look_at
        match_all(start + minute * MINUTE)
        looks += StrayReceipt.objects.get().look_at != before
    assert 5 < looks < 15
    assert StrayReceipt.objects.get().look_at is None


def test_one_without_a_reference_is_never_asked_about(acme: Any):
    sent = Sent(acme, make_platform_account("postmark"))
    assert sent.tell(event("postmark", "delivery"), tenant="", reference="").status == 200
    assert StrayReceipt.objects.get().look_at is None


def test_a_tenant_that_cannot_take_its_own_in_leaves_them_for_later(
    early: Sent, monkeypatch: pytest.MonkeyPatch
):
    record(early)
    now = timezone.now()
    with monkeypatch.context() as broken:
        broken.setattr(apply, "apply", lambda *_: 1 / 0)
        assert match_all(now + MINUTE) == 0
    assert match_all(now + 3 * MINUTE) == 1
    assert early.status == "bounced"


def test_pages_are_worked_off(early: Sent, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(strays, "PAGE", 1)
    assert early.tell(event("mailersend", "spam_complaint")).status == 200
    record(early)
    assert match_all(timezone.now() + MINUTE) == 2


def test_it_goes_after_its_days(early: Sent, settings: Any):
    settings.RECEIPT_DAYS = 30
    days = timedelta(days=1)
    assert retention.purge_receipts(timezone.now() + 29 * days) == 0
    assert retention.purge_receipts(timezone.now() + 31 * days) == 1
    assert StrayReceipt.objects.count() == 0


def test_while_a_tenant_cannot_be_asked_it_may_be_that_tenants(
    early: Sent, globex: Any, monkeypatch: pytest.MonkeyPatch
):
    run = owners.run_for_tenants

    def broken(work: Any) -> Any:
        answers = zip(work, run(work), strict=True)
        return [
            RuntimeError("locked") if each.schema == globex.schema else answer
            for each, answer in answers
        ]

    monkeypatch.setattr(owners, "run_for_tenants", broken)
    answer = early.tell(BOUNCED)
    assert (answer.status, answer.kind) == (503, "unavailable")
    assert answer.headers["Retry-After"]
    record(early)
    assert early.tell(BOUNCED).status == 200
    assert early.status == "bounced"


def test_tenants_are_asked_in_groups_until_it_is_found(
    early: Sent, monkeypatch: pytest.MonkeyPatch
):
    asked: list[list[str]] = []
    run = owners.run_for_tenants

    def count(work: Any) -> Any:
        asked.append([each.schema for each in work])
        return run(work)

    monkeypatch.setattr(owners, "TENANTS", 1)
    monkeypatch.setattr(owners, "run_for_tenants", count)
    record(early)
    assert early.tell(BOUNCED).status == 200
    assert asked == [[early.tenant.schema]]
