"""The trigger: whoever writes deliveries, the statistics are what a scan of them would find."""

import re
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction

from delivery.models import Tally, TallyChange
from delivery.statistics.latency import BOUNDS
from notifications.models import Delivery
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.history_rows import make_delivery, make_notification
from tests.delivery.statistics.counted import changes, counted, kept

HOUR = datetime(2026, 3, 1, 10, tzinfo=UTC)


def make(tenant: TenantIdentity, status: str = "queued", **fields: Any) -> Delivery:
    """A delivery made at a quarter past ten."""
    made = fields.pop("created_at", HOUR + timedelta(minutes=15))
    send_at = fields.pop("send_at", None)
    mode = fields.pop("mode", "live")
    notification = make_notification(
        tenant, status=status, created_at=made, send_at=send_at, mode=mode
    )
    return make_delivery(tenant, notification, **fields)


def move(tenant: TenantIdentity, **fields: Any) -> int:
    """All deliveries of the tenant are updated by one statement."""
    with in_tenant(tenant):
        return Delivery.objects.update(**fields)


def test_what_is_made_counts_in_its_hour(acme: TenantIdentity) -> None:
    make(acme)
    make(acme, created_at=HOUR - timedelta(microseconds=1))
    assert kept(acme) == {
        (HOUR, "email", "", "queued", "", -1): 1,
        (HOUR - timedelta(hours=1), "email", "", "queued", "", -1): 1,
    }


def test_what_moves_moves_in_the_hour_it_was_made_in(acme: TenantIdentity) -> None:
    make(acme)
    settled = HOUR + timedelta(days=3)
    move(acme, status="dead", provider="smtp", error_class="unreachable", settled_at=settled)
    assert kept(acme) == {(HOUR, "email", "smtp", "dead", "unreachable", -1): 1}


@pytest.mark.parametrize(("seconds", "bucket"), [(0.0, 0), (0.05, 1), (9.99, 7), (10.0, 8)])
def test_a_latency_counts_in_the_bucket_whose_lower_bound_it_reaches(
    acme: TenantIdentity, seconds: float, bucket: int
) -> None:
    made = make(acme)
    move(acme, status="sent", settled_at=made.created_at + timedelta(seconds=seconds))
    assert kept(acme) == {(HOUR, "email", "", "sent", "", bucket): 1}


def test_a_latency_begins_when_it_was_to_be_sent(acme: TenantIdentity) -> None:
    send_at = HOUR + timedelta(hours=5)
    make(acme, send_at=send_at)
    move(acme, status="sent", settled_at=send_at + timedelta(seconds=3))
    assert kept(acme) == {(HOUR, "email", "", "sent", "", 6): 1}


def test_a_receipt_keeps_the_latency(acme: TenantIdentity) -> None:
    made = make(acme)
    move(acme, status="sent", settled_at=made.created_at + timedelta(seconds=3))
    move(acme, status="delivered")
    assert kept(acme) == {(HOUR, "email", "", "delivered", "", 6): 1}


def test_what_bounces_has_no_latency_any_more(acme: TenantIdentity) -> None:
    made = make(acme)
    move(acme, status="sent", settled_at=made.created_at)
    move(acme, status="bounced", error_class="bad_address")
    assert kept(acme) == {(HOUR, "email", "", "bounced", "bad_address", -1): 1}


def test_a_latency_beyond_the_last_bound_is_counted_too(acme: TenantIdentity) -> None:
    make(acme)
    move(acme, status="sent", settled_at=HOUR + timedelta(days=9))
    assert kept(acme) == {(HOUR, "email", "", "sent", "", len(BOUNDS)): 1}


def test_a_statement_writes_few_changes_whatever_it_moves(acme: TenantIdentity) -> None:
    for _ in range(20):
        make(acme)
    before = changes(acme)
    move(acme, status="cancelled")
    assert changes(acme) == before + 2
    assert kept(acme) == {(HOUR, "email", "", "cancelled", "", -1): 20}


def test_a_statement_that_moves_nothing_writes_nothing(acme: TenantIdentity) -> None:
    make(acme)
    before = changes(acme)
    assert move(acme, status="queued", attempts=3) == 1
    with in_tenant(acme):
        assert not Delivery.objects.filter(status="sent").update(status="delivered")
    assert changes(acme) == before


def test_what_is_undone_does_not_count(acme: TenantIdentity) -> None:
    make(acme)
    with in_tenant(acme), transaction.atomic():
        Delivery.objects.update(status="sent")
        transaction.set_rollback(True)
    assert kept(acme) == counted(acme)


def test_deleted_deliveries_stay_counted(acme: TenantIdentity) -> None:
    """They are deleted when their time is over, which is no reason to forget how many they were."""
    make(acme)
    with in_tenant(acme):
        Delivery.objects.all().delete()
    assert kept(acme) == {(HOUR, "email", "", "queued", "", -1): 1}


def test_modes_are_counted_by_themselves(acme: TenantIdentity) -> None:
    make(acme)
    make(acme, "sent", mode="test")
    assert {place[3] for place in kept(acme, "live")} == {"queued"}
    assert {place[3] for place in kept(acme, "test")} == {"sent"}


def test_tenants_are_counted_by_themselves(acme: TenantIdentity, globex: TenantIdentity) -> None:
    make(acme)
    make(globex, "sent")
    assert {place[3] for place in kept(acme)} == {"queued"}
    assert {place[3] for place in kept(globex)} == {"sent"}


def test_a_renamed_schema_goes_on_counting(acme: TenantIdentity, globex: TenantIdentity) -> None:
    """Also where another schema has the name that it was counted under before."""
    make(acme)
    make(globex)
    with connection.cursor() as cursor, transaction.atomic():
        _swap(cursor, acme.schema, globex.schema)
        for schema, status in ((acme.schema, "sent"), (globex.schema, "dead")):
            cursor.execute(f'UPDATE "{schema}".notifications_delivery SET status = %s', [status])
        _swap(cursor, acme.schema, globex.schema)
    assert {place[3] for place in kept(acme)} == {"dead"}
    assert {place[3] for place in kept(globex)} == {"sent"}


def test_the_search_path_stays_as_it_was(acme: TenantIdentity) -> None:
    """Statements for many tenants name their schemas, whatever the path is."""
    make(acme)
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SET LOCAL search_path = public")
        cursor.execute(f"UPDATE \"{acme.schema}\".notifications_delivery SET status = 'sent'")
        cursor.execute("SHOW search_path")
        assert cursor.fetchone() == ("public",)
        cursor.execute("SHOW enable_seqscan")
        assert cursor.fetchone() == ("on",)


def test_the_past_is_counted_by_the_migration(acme: TenantIdentity) -> None:
    made = make(acme, "queued")
    make(acme, "sent", provider="smtp", settled_at=made.created_at + timedelta(seconds=42))
    make(acme, "bounced", mode="test", error_class="bad_address")
    migration = import_module("delivery.migrations.0008_statistics")
    with in_tenant(acme), connection.cursor() as cursor:
        Tally.objects.all().delete()
        TallyChange.objects.all().delete()
        cursor.execute(migration.COUNT_PAST)
    for mode in ("live", "test"):
        assert kept(acme, mode) == counted(acme, mode)


def test_the_buckets_are_those_of_the_trigger() -> None:
    """Other bounds need a new migration, with a new trigger."""
    migration = import_module("delivery.migrations.0008_statistics")
    assert re.split(",", migration.BOUNDS) == [f"{bound:g}" for bound in BOUNDS]


def _swap(cursor: Any, first: str, second: str) -> None:
    for old, new in ((first, "aside"), (second, first), ("aside", second)):
        cursor.execute(f'ALTER SCHEMA "{old}" RENAME TO "{new}"')
