from datetime import timedelta
from typing import Any

from django.utils import timezone

from delivery.models import Receipt, SandboxMessage
from signalbus import retention
from signalbus.api.models import IdempotencyRecord
from signalbus.core.ids import lowest_id_at, new_id
from tenants.context import in_tenant
from tenants.identity import TenantIdentity

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
