"""What is deleted or emptied when its time is over, tenant by tenant and in pages."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db.models import Model, Q, QuerySet

from delivery import redrives
from delivery.models import Receipt, Redrive, RedrivenDelivery, SandboxMessage
from delivery.receipts import strays, tokens
from signalbus.api.models import IdempotencyRecord
from signalbus.core.ids import lowest_id_at
from signalbus.core.logs import get_logger
from tenants.audit import retention as audit
from tenants.context import in_tenant
from tenants.identity import identity_of
from tenants.models import Tenant
from tenants.operators import sign_ins

PAGE = 5000  # rows deleted by one statement, so that none holds its locks for long

log = get_logger(__name__)


def purge_idempotency_records(now: datetime) -> int:
    """Delete the expired ones of the platform and of every tenant; how many those were."""

    def expired() -> QuerySet[IdempotencyRecord]:
        return IdempotencyRecord.objects.filter(expires_at__lt=now)

    return _delete(expired()) + _in_every_tenant(expired)


def purge_sandbox_messages(now: datetime) -> int:
    """Delete those older than the days they are kept, in every tenant; how many those were.

    A message has its attempt's id, which is ordered by time.
    """
    oldest = lowest_id_at(now - timedelta(days=settings.SANDBOX_DAYS))
    return _in_every_tenant(lambda: SandboxMessage.objects.filter(id__lt=oldest))


def purge_receipts(now: datetime) -> int:
    """Empty those older than the days they are kept as they came, in every tenant; those that
    never found their delivery, or their tenant, go as a whole. How many receipts that were.
    """
    oldest = lowest_id_at(now - timedelta(days=settings.RECEIPT_DAYS))
    tokens.purge(now)
    of_nobody = strays.purge(now)
    return of_nobody + _everywhere(lambda: _delete(_strays(oldest)) + _empty(_whole(oldest)))


def purge_redrives(now: datetime) -> int:
    """Delete those begun before the days they are kept, and what they remember of their deliveries,
    in every tenant, unless some of it still waits; how many redrives those were.
    """
    oldest = lowest_id_at(now - timedelta(days=settings.REDRIVE_DAYS))
    return _everywhere(lambda: _delete_redrives(redrives.over(oldest)))


def purge_audit_logs(now: datetime) -> int:
    """Delete what the audit logs of the platform and of every tenant keep for longer than the days
    they are kept, and whatever still stands in the log of Django's admin, which is written no more
    and names addresses; how many entries those were.
    """
    before = now - timedelta(days=settings.AUDIT_DAYS)

    def purged() -> int:
        return audit.purge(before) + _delete(LogEntry.objects.all())

    return purged() + _everywhere(purged)


def purge_sign_ins(now: datetime) -> int:
    """Delete lapsed sessions and old log-ins of the platform and of every tenant; how many rows."""
    return sign_ins.purge(now) + _everywhere(lambda: sign_ins.purge(now))


def _delete_redrives(over: list[UUID]) -> int:
    _delete(RedrivenDelivery.objects.filter(redrive__in=over))
    return _delete(Redrive.objects.filter(id__in=over))


def _strays(oldest: UUID) -> QuerySet[Receipt]:
    return Receipt.objects.filter(id__lt=oldest, delivery=None)


def _whole(oldest: UUID) -> QuerySet[Receipt]:
    return Receipt.objects.filter(~Q(raw={}), id__lt=oldest)


def _in_every_tenant(rows: Callable[[], QuerySet[Any]]) -> int:
    """Delete the rows in each tenant's schema."""
    return _everywhere(lambda: _delete(rows()))


def _everywhere(work: Callable[[], int]) -> int:
    """Do it in each tenant's schema. One tenant's error leaves the others' work done."""
    done = 0
    for tenant in Tenant.objects.served().order_by("id"):
        try:
            with in_tenant(identity_of(tenant)):
                done += work()
        except Exception:
            log.exception("purge.failed", tenant=tenant.name)
    return done


def _empty(rows: QuerySet[Receipt]) -> int:
    first_page = rows.order_by().values("pk")[:PAGE]
    emptied = 0
    while page := Receipt.objects.filter(pk__in=first_page).update(raw={}):
        emptied += page
    return emptied


def _delete(rows: QuerySet[Model]) -> int:
    everything = rows.model._default_manager
    first_page = rows.order_by().values("pk")[:PAGE]
    deleted = 0
    while page := everything.filter(pk__in=first_page).delete()[0]:
        deleted += page
    return deleted
