"""`python -m benchmarks.console`: how quick the console is with a million deliveries.

Not part of `make bench`, which is bounded in time: filling the tables alone takes a minute or two.
"""

import argparse
import os
import time
from typing import Any

from benchmarks.report import Report
from benchmarks.stack import Stack

HOST = "acme.localhost"
PASSWORD = "a-long-enough-password"
LISTING = "/admin/notifications/notification/"
REPEATS = 20
# One notification a second, the newest a moment old; a few are in trouble, a few are tests, and one
# in forty waits.
NOTIFICATIONS = """
INSERT INTO {schema}.notifications_notification (id, mode, topic, status, priority,
    recipient_ref, correlation_id, locale, data, trace_id, created_at)
SELECT uuidv7(make_interval(secs => n - %(rows)s)),
    CASE WHEN n %% 50 = 0 THEN 'test' ELSE 'live' END,
    (ARRAY['order.shipped', 'welcome', 'login.code', 'invoice.sent'])[1 + n %% 4],
    CASE WHEN n %% 1000 = 1 THEN 'dead' WHEN n %% 100 = 3 THEN 'failed'
        WHEN n %% 40 = 5 THEN 'queued' ELSE 'delivered' END,
    'normal', 'user-' || n %% 200000, CASE WHEN n %% 3 = 0 THEN 'cart-' || n ELSE '' END,
    'en', '{}', '', now() + make_interval(secs => n - %(rows)s)
FROM generate_series(1, %(rows)s) AS n
"""
DELIVERIES = """
INSERT INTO {schema}.notifications_delivery (id, notification_id, mode, channel, lane, status,
    reason, address, locale, attempts, redrives, possibly_repeated, provider, reference,
    error_class, error_code, detail, settled_at, created_at)
SELECT uuidv7(created_at - now()), id, mode,
    CASE WHEN recipient_ref LIKE '%%7' THEN 'sms' ELSE 'email' END, 'normal', status,
    '', recipient_ref || '@example.org', 'en', 1, 0, false, 'simulator', '',
    CASE status WHEN 'dead' THEN 'busy' WHEN 'failed' THEN 'bad_address' ELSE '' END, '', '',
    CASE status WHEN 'queued' THEN NULL
        ELSE created_at + make_interval(secs => abs(hashtext(id::text)) %% 400 / 20.0) END,
    created_at
FROM {schema}.notifications_notification
"""
# A call for each delivery of the last day, by one of two accounts.
ATTEMPTS = """
INSERT INTO {schema}.delivery_attempt (id, delivery_id, number, account_id, provider, outcome,
    error_class, code, detail, reference, possibly_repeated, started_at, duration_ms)
SELECT uuidv7(created_at - now()), id, 1,
    (SELECT account.id FROM {schema}.delivery_provideraccount account
        WHERE account.channel = made.channel),
    'simulator', CASE status WHEN 'delivered' THEN 'accepted' ELSE 'refused' END, '', '', '', '',
    false, created_at, 20
FROM {schema}.notifications_delivery made
WHERE created_at > now() - interval '1 day' AND status <> 'queued'
"""
# What waits: one half is due, one is for later, of which some were given their time.
ENTRIES = """
INSERT INTO public.bus_outboxentry (id, stream, tenant_id, purpose, delivery, available_at,
    generation, published, tries, crashes, reason, partition_key, trace)
SELECT id, channel || '.normal', %(tenant)s, 'send', id,
    now() + make_interval(secs => abs(hashtext(id::text)) %% 7200 - 3600), 0, false, 0, 0,
    CASE WHEN abs(hashtext(id::text)) %% 7200 > 5000 THEN 'scheduled' ELSE '' END, 1, ''
FROM {schema}.notifications_delivery WHERE status = 'queued'
"""
ANALYZE = """
ANALYZE {schema}.notifications_notification, {schema}.notifications_delivery,
    {schema}.delivery_attempt, public.bus_outboxentry
"""
PAGES = {
    "newest": "",
    "test mode": "?mode=test",
    "status, rare": "?status=dead",
    "status, usual": "?status=delivered",
    "status, none": "?status=cancelled",
    "under way": "?status=sending",
    "channel": "?channel=sms",
    "channel and status": "?channel=sms&status=dead",
    "topic": "?topic=login.code",
    "last hour": "?span=hour",
    "search: recipient": "?q=user-777",
    "search: address": "?q=user-777@example.org",
    "search: correlation id": "?q=cart-300000",
    "search: nothing": "?q=nothing-like-it",
}


HOME_PAGES = {"hour": "?span=hour", "day": "", "week": "?span=week"}


def main() -> None:
    """Fill a tenant, log in, and time every page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.console", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    stack = Stack()
    try:
        _measure(stack, options.rows)
    finally:
        stack.close()


def _measure(stack: Stack, rows: int) -> None:
    begun = time.perf_counter()
    stack.manage("migrate_schemas", "--verbosity", "0")
    os.environ["DJANGO_SETTINGS_MODULE"] = "signalbus.settings"
    import django

    django.setup()
    client = _client(rows)
    report = Report()
    pages = {f"home page, {name}": f"/admin/{query}" for name, query in HOME_PAGES.items()}
    pages |= {f"console list, {name}": LISTING + query for name, query in PAGES.items()}
    for name, page in pages.items():
        figures = _timed(client, page)
        report.add(name, figures, "p95 < 300 ms", figures["p95_ms"] < 300)
    report.print(time.perf_counter() - begun)


def _client(rows: int) -> Any:
    """A browser that is logged in to a console with so many notifications."""
    from django.test import Client

    from delivery.models import ProviderAccount
    from signalbus.bus.streams import Channel
    from tenants import provisioning
    from tenants.context import in_tenant
    from tenants.operators import logins
    from tenants.schemas import TenantWork, run_for_tenants

    tenant = provisioning.create_tenant("acme", HOST)
    with in_tenant(tenant):
        logins.create_operator("bench", PASSWORD)
        for channel in Channel:
            ProviderAccount.objects.create(name=channel, kind="simulator", channel=channel)
    filling: list[tuple[str, dict[str, Any]]] = [
        (NOTIFICATIONS, {"rows": rows}),
        (DELIVERIES, {}),
        (ATTEMPTS, {}),
        (ENTRIES, {"tenant": tenant.id}),
        (ANALYZE, {}),
    ]
    (result,) = run_for_tenants([TenantWork(tenant.schema, filling)])
    if isinstance(result, Exception):
        raise result
    client = Client(headers={"host": HOST})
    client.post("/admin/login/", {"username": "bench", "password": PASSWORD})
    return client


def _timed(client: Any, url: str) -> dict[str, Any]:
    spent = sorted(_milliseconds(client, url) for _ in range(REPEATS))
    return {
        "rate": 1000 * REPEATS / sum(spent),
        "unit": "pages/s",
        "p50_ms": round(spent[REPEATS // 2], 1),
        "p95_ms": round(spent[int(REPEATS * 0.95) - 1], 1),
    }


def _milliseconds(client: Any, url: str) -> float:
    begun = time.perf_counter()
    answer = client.get(url)
    spent = (time.perf_counter() - begun) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{url} answered {answer.status_code}")
    return spent


if __name__ == "__main__":
    main()
