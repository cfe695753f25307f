"""The database itself keeps the log: nobody changes an entry or takes one away."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from signalbus.retention import purge_audit_logs
from tenants import suspension
from tenants.audit import retention
from tenants.context import in_schema
from tenants.identity import TenantIdentity
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


def test_what_retention_may_delete_it_may_not_change(acme: TenantIdentity) -> None:
    make_suppression(acme, "ana@example.org")
    with in_schema(acme.schema), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(retention.UNTIL, ["infinity"])
        with pytest.raises(DatabaseError, match="UPDATE is refused"), transaction.atomic():
            cursor.execute(FORBIDDEN[0])


def test_retention_deletes_what_is_older_and_in_its_own_schema(
    acme: TenantIdentity, globex: TenantIdentity
) -> None:
    make_suppression(acme, "ana@example.org")
    make_suppression(globex, "ana@example.org")
    with in_schema(acme.schema):
        assert retention.purge(timezone.now() - timedelta(days=1)) == 0
        assert retention.purge(timezone.now()) == 1
    assert entries(acme) == []
    assert len(entries(globex)) == 1


def test_the_job_deletes_what_is_older_in_every_schema(
    acme: TenantIdentity, globex: TenantIdentity, settings: Settings
) -> None:
    suspension.suspend(acme.id, "unpaid")
    make_suppression(globex, "ana@example.org")
    settings.AUDIT_DAYS = 2
    tomorrow = timezone.now() + timedelta(days=1)
    assert purge_audit_logs(tomorrow) == 0
    assert purge_audit_logs(tomorrow + timedelta(days=2)) == 3
    assert entries() == entries(acme) == entries(globex) == []
