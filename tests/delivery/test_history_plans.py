"""Search stays quick: few statements however long the page, and an index for each filter."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from delivery.history import Filters, found, search, trail
from signalbus.api.pagination import Window, slice_of
from signalbus.core.ids import new_id
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.history_rows import make_delivery, make_notification, make_sent

ROWS = 20_000
# Ids as UUIDv7 of one notification a second; one in eight is dead, one in fifty goes by SMS.
FILL = f"""
INSERT INTO notifications_notification (id, mode, topic, status, priority, recipient_ref,
    batch_id, correlation_id, locale, data, trace_id, created_at)
SELECT ('0199' || lpad(to_hex(g), 8, '0') || '7000' || '8000' || repeat('0', 12))::uuid,
    CASE WHEN g <= 500 THEN 'test' ELSE 'live' END, 'topic.' || g % 20,
    CASE WHEN g % 8 = 0 THEN 'dead' WHEN g % 400 = 1 THEN 'queued' ELSE 'sent' END,
    'normal', 'user-' || g % 5000,
    CASE WHEN g % 1000 = 0 THEN '{new_id()}'::uuid END,
    CASE WHEN g % 10 = 0 THEN 'cart-' || g ELSE '' END, 'en', '{{}}', repeat('a', 32), now()
FROM generate_series(1, {ROWS}) g;
INSERT INTO notifications_delivery (id, notification_id, mode, channel, lane, status, reason,
    address, locale, attempts, redrives, possibly_repeated, provider, reference, error_class,
    error_code, detail, created_at)
SELECT ('0198' || substr(n.id::text, 5))::uuid, n.id, n.mode,
    CASE WHEN number % 50 = 0 THEN 'sms' ELSE 'email' END, 'normal', n.status, '',
    'user-' || number % 5000 || '@example.org', 'en', 1, 0, false,
    CASE WHEN number % 1000 = 7 THEN 'twilio' ELSE 'smtp' END, '',
    CASE WHEN n.status = 'dead' AND number % 160 = 0 THEN 'busy' ELSE '' END, '', '', now()
FROM (SELECT *, row_number() OVER (ORDER BY id) AS number FROM notifications_notification) n;
"""
FILTERS: list[tuple[str, dict[str, Any]]] = [
    ("live", {}),
    ("test", {}),
    ("live", {"status": "dead"}),
    ("live", {"status": "held"}),
    ("live", {"status": "cancelled"}),
    ("live", {"topic": "topic.3"}),
    ("live", {"recipient": "user-77"}),
    ("live", {"correlation_id": "cart-5000"}),
    ("live", {"batch": new_id()}),
    ("live", {"channel": "email"}),
    ("live", {"to": "user-77@example.org"}),
    ("live", {"to": "nobody@example.org"}),
    ("live", {"provider": "twilio"}),
    ("live", {"provider": "smtp"}),
    ("live", {"error_class": "busy"}),
    ("live", {"error_class": "crashed"}),
]


def statements() -> CaptureQueriesContext:
    """Counts from here; the switch to the tenant's schema is one for the whole request."""
    connection.cursor().execute("SELECT 1")
    return CaptureQueriesContext(connection)


@pytest.fixture
def many(acme: TenantIdentity):
    """A table that is not read from end to end without a reason."""
    with in_tenant(acme), connection.cursor() as cursor:
        cursor.execute(FILL)
        cursor.execute("ANALYZE notifications_notification")
        cursor.execute("ANALYZE notifications_delivery")
        yield


def test_each_filter_uses_an_index(many: None) -> None:
    for mode, filters in FILTERS:
        plan = search(mode, Filters(**filters))[:51].explain()
        assert "Seq Scan on notifications_" not in plan, f"{mode} {filters}\n{plan}"


def test_the_last_page_is_read_by_index_too(many: None) -> None:
    last = search("live", Filters()).last()
    assert last is not None
    plan = search("live", Filters()).filter(id__gt=last.id).order_by("id")[:51].explain()
    assert "Index" in plan
    assert "Sort" not in plan


def test_a_page_takes_three_statements_however_long(acme: TenantIdentity) -> None:
    counts = []
    for size in (1, 20):
        for _ in range(size):
            make_sent(acme)
            make_delivery(acme, make_notification(acme, status="queued"))
        with in_tenant(acme), statements() as queries:
            page = slice_of(search("live", Filters()), Window(limit=100))
            found(page.rows)
        counts.append(len(queries))
    assert counts == [3, 3]


def test_a_story_takes_as_many_statements_however_long(acme: TenantIdentity) -> None:
    counts = []
    for size in (1, 20):
        notification = make_notification(acme, status="queued")
        for _ in range(size):
            make_delivery(acme, notification)
        with in_tenant(acme), statements() as queries:
            trail(notification)
        counts.append(len(queries))
    assert counts == [6, 6]
