"""The database itself keeps the log: nobody changes an entry or takes one away."""

from datetime import datetime, timedelta

import pytest
from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from signalbus.retention import purge_audit_logs
from tenants import suspension
from tenants.audit import retention
from tenants.context import in_schema
from tenants.identity import TenantIdentity
from tenants.models import Tenant
from tests.make import make_suppression
from tests.tenants.audit.logged import entries

FORBIDDEN = (
    "UPDATE auditlog_logentry SET object_repr = 'other'",
    "DELETE FROM auditlog_logentry",
    "TRUNCATE auditlog_logentry",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
@pytest.mark.parametrize("public", [True, False])
def test_no_statement_changes_the_log(acme: TenantIdentity, statement: str, public: bool) -> None:
    make_suppression(acme, "ana@example.org")
    suspension.suspend(acme.id, "unpaid")
    schema = "public" if public else acme.schema
    with (
        in_schema(schema),
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def ago(**time: float) -> datetime:
    return timezone.now() - timedelta(**time)


def write_down(tenant: TenantIdentity | None, when: datetime) -> None:
    """An act of that time, in the log of the tenant or of the platform."""
    with in_schema(tenant.schema if tenant else "public"):
        about = ContentType.objects.get_for_model(Tenant)
        LogEntry.objects.create(
            content_type=about, object_pk="1", action=LogEntry.Action.ACCESS, timestamp=when
        )


def test_what_retention_may_delete_it_may_not_change(acme: TenantIdentity) -> None:
    write_down(acme, ago(days=9))
    with in_schema(acme.schema), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(retention.UNTIL, [ago(days=2).isoformat()])
        with pytest.raises(DatabaseError, match="UPDATE is refused"), transaction.atomic():
            cursor.execute(FORBIDDEN[0])


def test_retention_deletes_what_is_older_and_in_its_own_schema(
    acme: TenantIdentity, globex: TenantIdentity
) -> None:
    for tenant in (acme, globex):
        write_down(tenant, ago(days=3))
    with in_schema(acme.schema):
        assert retention.purge(ago(days=4)) == 0
        assert retention.purge(ago(days=2)) == 1
    assert entries(acme) == []
    assert len(entries(globex)) == 1


@pytest.mark.parametrize("until", ["infinity", "tomorrow", "now", "22 hours ago"])
def test_nothing_goes_where_retention_names_a_moment_of_the_last_day(
    acme: TenantIdentity, until: str
) -> None:
    """A wrong setting, or a clock that is wrong, does not empty the log."""
    write_down(acme, ago(days=3))
    cutoff = {"tomorrow": ago(days=-1), "now": ago(days=0), "22 hours ago": ago(hours=22)}
    given = cutoff[until].isoformat() if until in cutoff else until
    with in_schema(acme.schema), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(retention.UNTIL, [given])
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute("DELETE FROM auditlog_logentry")
    assert len(entries(acme)) == 1


def test_the_job_deletes_what_is_older_in_every_schema(
    acme: TenantIdentity, globex: TenantIdentity, settings: Settings
) -> None:
    settings.AUDIT_DAYS = 4
    for tenant in (None, acme, globex):
        write_down(tenant, ago(days=3))
    assert purge_audit_logs(timezone.now()) == 0
    settings.AUDIT_DAYS = 2
    assert purge_audit_logs(timezone.now()) == 3
    assert entries() == entries(acme) == entries(globex) == []
