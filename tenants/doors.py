"""Whose a provider account is, by its id: kept beside the accounts, in the public schema.

So what a provider calls finds the tenant in one look, whatever the host. Doors are kept up by
whoever makes and removes accounts, in the same transaction.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from signalbus.core.timed_cache import TimedCache
from tenants import identity
from tenants.identity import TenantIdentity
from tenants.models import AccountDoor

MOST_KEPT = 10_000
BETWEEN = timedelta(minutes=1)  # so often at most the last receipt of an account is noted
LONGEST_ERROR = 300  # what AccountDoor.mailbox_error holds
_kept: TimedCache[UUID, int] = TimedCache(seconds=60.0, size=MOST_KEPT)
_noted: TimedCache[UUID, bool] = TimedCache(seconds=BETWEEN.total_seconds(), size=MOST_KEPT)


def tenant_of(account: UUID) -> TenantIdentity | None:
    """The tenant whose account it is; None where it is no tenant's. An id is never used again."""
    tenant_id = _kept.peek(account)
    if tenant_id is None:
        tenant_id = AccountDoor.objects.filter(pk=account).values_list("tenant", flat=True).first()
    if tenant_id is None:
        return None
    _kept.put(account, tenant_id)
    return identity.by_ids([tenant_id]).get(tenant_id)


def open_door(account: UUID, tenant_id: int) -> None:
    """Let the account be found; once more changes nothing."""
    AccountDoor.objects.get_or_create(pk=account, defaults={"tenant_id": tenant_id})
    # One that was made only to note something on it.
    AccountDoor.objects.filter(pk=account, tenant=None).update(tenant_id=tenant_id)


def note_receipt(account: UUID, now: datetime) -> None:
    """Remember that the account's provider has called; to the minute."""
    if _noted.peek(account):
        return
    _noted.put(account, True)
    AccountDoor.objects.get_or_create(pk=account)  # the platform's have none before
    stale = Q(last_receipt_at=None) | Q(last_receipt_at__lt=now - BETWEEN)
    AccountDoor.objects.filter(stale, pk=account).update(last_receipt_at=now)


def last_receipts(accounts: Iterable[UUID]) -> dict[UUID, datetime]:
    """When the providers of these accounts have called last, of those that ever did."""
    rows = AccountDoor.objects.filter(pk__in=accounts)
    noted = rows.values_list("account_id", "last_receipt_at")
    return {account: moment for account, moment in noted if moment is not None}


def note_mailbox(account: UUID, now: datetime, error: str) -> None:
    """Remember that the mailbox of the account's bounces was looked into, or why it was not."""
    told = {"mailbox_read_at": now, "mailbox_error": error.replace("\0", "")[:LONGEST_ERROR]}
    AccountDoor.objects.update_or_create(pk=account, defaults=told)


def mailbox_of(account: UUID) -> tuple[datetime | None, str]:
    """When that was last, and what went wrong."""
    told = AccountDoor.objects.filter(pk=account).values_list("mailbox_read_at", "mailbox_error")
    return told.first() or (None, "")


def close_door(account: UUID) -> None:
    """The account is gone."""
    AccountDoor.objects.filter(pk=account).delete()
    _kept.forget(account)
