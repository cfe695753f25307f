from datetime import timedelta
from typing import Any

from django.utils import timezone

from delivery import redrives
from delivery.models import Receipt, Redrive, RedrivenDelivery, SandboxMessage
from delivery.redrives import Order, RedriveFilter
from signalbus import retention
from signalbus.api.models import IdempotencyRecord
from signalbus.bus.models import OutboxEntry
from signalbus.core.ids import lowest_id_at, new_id
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.history_rows import make_sent

NOW = timezone.now()


def make_record(key: str, expires_in: timedelta) -> None:
    IdempotencyRecord.objects.create(
        mode="live",
        key=key,
        fingerprint=b"f",
        status_code=202,
        answer="{}",
        created_at=NOW,
        expires_at=NOW + expires_in,
    )


def make_message(age: timedelta) -> None:
    SandboxMessage.objects.create(
        id=lowest_id_at(NOW - age),
        mode="test",
        notification_id=new_id(),
        delivery_id=new_id(),
        channel="email",
        address="ana@example.org",
        created_at=NOW - age,
    )


def test_expired_answers_go_in_every_tenant_page_by_page(
    acme: TenantIdentity, globex: TenantIdentity, monkeypatch: Any
) -> None:
    monkeypatch.setattr(retention, "PAGE", 2)
    for tenant in (acme, globex):
        with in_tenant(tenant):
            for number in range(5):
                make_record(f"old-{number}", timedelta(seconds=-1))
            make_record("new", timedelta(hours=1))
    assert retention.purge_idempotency_records(NOW) == 10
    for tenant in (acme, globex):
        with in_tenant(tenant):
            assert [record.key for record in IdempotencyRecord.objects.all()] == ["new"]
    assert retention.purge_idempotency_records(NOW) == 0


def test_sandbox_messages_go_after_their_days(acme: TenantIdentity, settings: Any) -> None:
    settings.SANDBOX_DAYS = 7
    with in_tenant(acme):
        make_message(timedelta(days=8))
        make_message(timedelta(days=6))
    assert retention.purge_sandbox_messages(NOW) == 1
    with in_tenant(acme):
        assert SandboxMessage.objects.count() == 1


def make_receipt(age: timedelta, **fields: Any) -> Receipt:
    return Receipt.objects.create(
        id=lowest_id_at(NOW - age),
        **{
            "account_id": new_id(),
            "event_id": "1",
            "delivery_id": new_id(),
            "event": "bounced",
            "applied": True,
            "raw": {"as": "it came"},
            "occurred_at": NOW - age,
            "created_at": NOW - age,
            **fields,
        },
    )


def test_receipts_are_emptied_after_their_days_and_strays_go(
    acme: TenantIdentity, settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(retention, "PAGE", 1)
    settings.RECEIPT_DAYS = 30
    with in_tenant(acme):
        old = make_receipt(timedelta(days=31))
        older = make_receipt(timedelta(days=32))
        stray = make_receipt(timedelta(days=33), delivery_id=None)
        young = make_receipt(timedelta(days=29))
    assert retention.purge_receipts(NOW) == 3
    with in_tenant(acme):
        kept = {row.id: row.raw for row in Receipt.objects.all()}
    assert kept == {old.id: {}, older.id: {}, young.id: {"as": "it came"}}
    assert stray.id not in kept
    assert retention.purge_receipts(NOW) == 0


def make_redrive(tenant: TenantIdentity, age: timedelta) -> Redrive:
    """A redrive of two deliveries, which wait."""
    for _ in range(2):
        make_sent(tenant, status="dead")
    wanted = RedriveFilter(topic="person.greeted")
    with in_tenant(tenant):
        begun = redrives.begin(Order.of(mode="live", actor="olga", wanted=wanted)).redrive
        dated = lowest_id_at(NOW - age)
        RedrivenDelivery.objects.filter(redrive=begun.id).update(redrive=dated)
        Redrive.objects.filter(id=begun.id).update(id=dated)
    mark = {"redrive": str(dated)}
    OutboxEntry.objects.filter(body__redrive=str(begun.id)).update(body=mark)
    begun.id = dated
    return begun


def kept_redrives(tenant: TenantIdentity) -> tuple[list[Any], set[Any]]:
    with in_tenant(tenant):
        remembered = RedrivenDelivery.objects.values_list("redrive", flat=True)
        return list(Redrive.objects.values_list("id", flat=True)), set(remembered)


def test_redrives_go_after_their_days_with_what_they_remember_once_nothing_of_them_waits(
    acme: TenantIdentity, settings: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(retention, "PAGE", 1)
    settings.REDRIVE_DAYS = 90
    over = make_redrive(acme, timedelta(days=91))
    OutboxEntry.objects.all().delete()
    waiting = make_redrive(acme, timedelta(days=92))
    assert waiting.count == 2
    young = make_redrive(acme, timedelta(days=89))
    OutboxEntry.objects.filter(body__redrive=str(young.id)).delete()
    assert retention.purge_redrives(NOW) == 1
    kept = [young.id, waiting.id]
    assert kept_redrives(acme) == (kept, set(kept))
    assert over.id not in kept
    OutboxEntry.objects.all().delete()
    assert retention.purge_redrives(NOW) == 1
    assert kept_redrives(acme) == ([young.id], {young.id})
