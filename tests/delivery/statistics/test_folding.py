"""The jobs: nothing that they do changes what is told, but for hours that are days by then."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from delivery.models import Tally
from delivery.statistics import folding
from delivery.statistics.periods import Kept
from signalbus.tasks import fold_statistics, trim_statistics
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tenants.suspension import suspend
from tests.delivery.statistics.counted import changes, counted, kept
from tests.delivery.statistics.test_counting import HOUR, make, move

NOW = HOUR + timedelta(hours=2)
KEPT = Kept(hours=timedelta(days=7), days=timedelta(days=30))


def test_changes_are_added_up(acme: TenantIdentity) -> None:
    make(acme)
    make(acme, mode="test")
    folding.fold(NOW, KEPT)
    move(acme, status="sent", provider="smtp")
    assert folding.fold(NOW, KEPT) == 4
    assert changes(acme) == 0
    for mode in ("live", "test"):
        assert kept(acme, mode) == counted(acme, mode)


def test_every_tenant_is_folded(acme: TenantIdentity, globex: TenantIdentity) -> None:
    make(acme)
    make(globex, "sent")
    assert folding.fold(NOW, KEPT) == 2
    assert (changes(acme), changes(globex)) == (0, 0)
    assert kept(globex) == counted(globex)


def test_more_than_a_page_is_folded_page_by_page(
    acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "PAGE", 2)
    for _ in range(5):
        make(acme)
    assert folding.fold(NOW, KEPT) == 5
    assert kept(acme) == counted(acme)


def test_what_others_are_at_is_not_waited_for(acme: TenantIdentity) -> None:
    """What is not committed is folded later; what another process folds is left to it."""
    make(acme)
    other: Any = connection.copy()
    with closing(other), other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(f'SELECT FROM "{acme.schema}".delivery_tallychange FOR UPDATE')
        cursor.execute(f"UPDATE \"{acme.schema}\".notifications_delivery SET status = 'sent'")
        assert folding.fold(NOW, KEPT) == 0
        assert kept(acme) == {(HOUR, "email", "", "queued", "", -1): 1}
        cursor.execute("COMMIT")
    assert kept(acme) == counted(acme)
    assert folding.fold(NOW, KEPT) == 3
    assert kept(acme) == counted(acme)


def test_folding_twice_changes_nothing(acme: TenantIdentity) -> None:
    make(acme)
    folding.fold(NOW, KEPT)
    assert folding.fold(NOW, KEPT) == 0
    assert kept(acme) == counted(acme)


def test_old_hours_become_days(acme: TenantIdentity) -> None:
    days_ago = [NOW - timedelta(days=days) for days in (6, 7, 8)]
    for made in days_ago:
        for hours in (0, 1):
            make(acme, created_at=made + timedelta(hours=hours))
    folding.fold(days_ago[2], KEPT)
    folding.trim(NOW, KEPT)
    assert sorted(place[0] for place in kept(acme)) == [
        datetime(2026, 2, 21, tzinfo=UTC),
        datetime(2026, 2, 22, tzinfo=UTC),
        datetime(2026, 2, 23, 12, tzinfo=UTC),
        datetime(2026, 2, 23, 13, tzinfo=UTC),
    ]
    assert kept(acme).total() == 6


def test_what_moves_in_an_old_hour_moves_in_its_day(acme: TenantIdentity) -> None:
    made = make(acme, created_at=NOW - timedelta(days=8))
    folding.fold(made.created_at, KEPT)
    folding.trim(NOW, KEPT)
    move(acme, status="dead")
    folding.fold(NOW, KEPT)
    assert kept(acme) == {(datetime(2026, 2, 21, tzinfo=UTC), "email", "", "dead", "", -1): 1}
    folding.trim(NOW, KEPT)
    with in_tenant(acme):
        assert Tally.objects.count() == 1  # what came to nothing takes no room


def test_old_days_are_forgotten(acme: TenantIdentity) -> None:
    make(acme, created_at=NOW - timedelta(days=30))
    make(acme, created_at=NOW - timedelta(days=29))
    folding.fold(NOW, KEPT)
    folding.trim(NOW, KEPT)
    assert [place[0] for place in kept(acme)] == [datetime(2026, 1, 31, tzinfo=UTC)]


def test_trimming_twice_changes_nothing(acme: TenantIdentity) -> None:
    make(acme, created_at=NOW - timedelta(days=9))
    folding.fold(NOW - timedelta(days=9), KEPT)
    assert folding.trim(NOW, KEPT) == 1
    assert folding.trim(NOW, KEPT) == 0


def test_the_jobs_take_what_the_settings_say(acme: TenantIdentity) -> None:
    make(acme)
    fold_statistics()
    trim_statistics()
    assert changes(acme) == 0


def test_suspended_tenants_are_folded_too(acme: TenantIdentity) -> None:
    make(acme)
    suspend(acme.id, "unpaid")
    assert folding.fold(NOW, KEPT) == 1
