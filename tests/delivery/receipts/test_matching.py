"""Receipts that name only the provider's reference, before their attempt is recorded."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from delivery.models import Attempt, Receipt
from delivery.receipts import matching
from notifications.models import Delivery
from signalbus.core.ids import lowest_id_at
from tenants.context import in_tenant
from tenants.schemas import count_statements
from tests.delivery.history_rows import make_attempt
from tests.delivery.receipts.calls import event, post
from tests.delivery.receipts.sent import REFERENCE, Sent, make_hooked
from tests.delivery.receipts.waiting import wait_until

BOUNCED = event("mailersend", "hard_bounced")  # a service that hands nothing back


@pytest.fixture
def early(acme: Any, later: list[str]) -> Sent:
    """A delivery whose receipt came before its attempt was recorded."""
    sent = Sent(acme, make_hooked(acme, "mailersend"))
    with in_tenant(acme):
        Attempt.objects.all().delete()
    assert sent.tell(BOUNCED).status == 200
    (receipt,) = sent.receipts
    assert (receipt.delivery_id, receipt.reference, receipt.applied) == (None, REFERENCE, False)
    assert (sent.status, later) == ("sent", [acme.schema])
    return sent


def record(sent: Sent) -> None:
    sent.attempt = make_attempt(
        sent.tenant,
        sent.delivery,
        account_id=sent.account.id,
        provider=sent.account.kind,
        reference=REFERENCE,
    )


def test_it_is_matched_once_the_attempt_is_recorded(early: Sent):
    assert matching.match_all(timezone.now()) == 0
    record(early)
    assert matching.match_all(timezone.now()) == 1
    (receipt,) = early.receipts
    assert (early.status, receipt.applied) == ("bounced", True)
    assert (receipt.delivery_id, receipt.attempt_id) == (early.delivery.id, early.attempt.id)
    assert (receipt.event, receipt.error_class) == ("bounced", "bad_address")
    assert receipt.raw["data"]["type"] == "hard_bounced"
    assert early.suppressed == ["hard_bounce"]
    assert matching.match_all(timezone.now()) == 0


def test_when_the_provider_repeats_it_after_that_it_is_matched_too(early: Sent):
    record(early)
    matching.match(early.tenant.schema, timezone.now())
    assert early.tell(BOUNCED).status == 200
    assert len(early.receipts) == 1


def test_another_account_of_the_same_reference_is_another_message(early: Sent, acme: Any):
    other = make_hooked(acme, "mailersend", name="another")
    make_attempt(acme, early.delivery, account_id=other.id, reference=REFERENCE)
    assert matching.match_all(timezone.now()) == 0
    assert early.status == "sent"


def test_what_is_old_is_looked_for_no_more(early: Sent, acme: Any):
    record(early)
    with in_tenant(acme):
        Receipt.objects.update(id=lowest_id_at(timezone.now() - matching.YOUNG * 2))
    assert matching.match_all(timezone.now()) == 0


def test_many_are_matched_page_by_page(early: Sent, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(matching, "PAGE", 1)
    assert early.tell(event("mailersend", "spam_complaint")).status == 200
    record(early)
    assert matching.match(early.tenant.schema, timezone.now()) == 2


def test_without_any_nothing_is_begun(acme: Any, globex: Any):
    with count_statements() as counted:
        assert matching.match_all(timezone.now()) == 0
    assert not any("DELETE" in text for text in counted.texts)


def test_older_ones_are_looked_for_every_ten_minutes(early: Sent, acme: Any):
    record(early)
    moment = timezone.now().replace(minute=31)
    with in_tenant(acme):
        Receipt.objects.update(id=lowest_id_at(moment - matching.LATEST * 2))
    assert matching.match_all(moment) == 0
    assert matching.match_all(moment.replace(minute=40)) == 1


def test_what_it_concerns_is_held_before_the_receipt(early: Sent, acme: Any):
    """As hooks hold them, so that the two cannot wait for each other."""
    record(early)
    work = threading.Thread(target=_match_and_close, args=[acme.schema])
    with in_tenant(acme), transaction.atomic():
        Delivery.objects.select_for_update().get(id=early.delivery.id)
        work.start()
        wait_until(_is_waited_for)
        assert Receipt.objects.select_for_update(nowait=True).get()
    work.join()
    assert early.status == "bounced"


def _match_and_close(schema: str) -> None:
    matching.match(schema, timezone.now())
    connection.close()


def _is_waited_for() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


def test_a_receipt_that_finds_nothing_is_not_lost(acme: Any, later: list[str]):
    account = make_hooked(acme, "postmark")
    sent = Sent(acme, account)
    unknown = event("postmark", "delivery")
    assert post("postmark", account.id, sent.call(unknown, delivery="", attempt="", reference="?"))
    (receipt,) = sent.receipts
    assert (receipt.delivery_id, receipt.reference) == (None, "?")
    assert timezone.now() - receipt.created_at < timedelta(minutes=1)
