"""PostgreSQL: its version and settings, who is connected, its clock."""

import time
from collections.abc import Iterator
from typing import Any

from django.db import connection

from signalbus.doctor.findings import Finding, fail, ok, warn

TESTED = 18  # the release that the tests run on
OLDEST = 14  # what Django 5.2 supports
LOCKS = 256  # a batch of 1,000 idempotency keys; docs/operating.md
CROWDED = 0.8  # share of max_connections
CLOCK_WARN, CLOCK_FAIL = 1.0, 30.0  # seconds
OLD_TRANSACTION = 3600.0  # seconds; its dead rows slow the outbox down
FACTS = """
SELECT current_setting('server_version_num')::int / 10000, pg_is_in_recovery(),
    pg_encoding_to_char(encoding), current_setting('max_locks_per_transaction')::int,
    current_setting('max_connections')::int,
    (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
    (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float8
        FROM pg_stat_activity WHERE datname = current_database()
        AND backend_type = 'client backend')
FROM pg_database WHERE datname = current_database()
"""


def probe() -> Iterator[Finding]:
    """What can be told over one connection."""
    ((version, standby, encoding, locks, most, connected, oldest),) = _rows(FACTS)
    yield from _server(version, standby, encoding)
    yield from _room(locks, most, connected, oldest)
    yield from _pooling()
    yield _clock()


def _server(version: int, standby: bool, encoding: str) -> Iterator[Finding]:
    if standby:
        yield fail("PostgreSQL is a standby.", "Let DATABASE_URL name the primary.")
    if encoding != "UTF8":
        yield fail(f"The database is in {encoding}.", "Make one with ENCODING 'UTF8'.")
    if version < OLDEST:
        yield fail(f"PostgreSQL {version} is too old.", f"Upgrade it to {TESTED}.")
    elif version < TESTED:
        says = f"PostgreSQL {version} answers; Signalbus is tested with {TESTED}."
        yield warn(says, f"Plan an upgrade to {TESTED}.")
    else:
        yield ok(f"PostgreSQL {version} answers.")


def _room(locks: int, most: int, connected: int, oldest: float) -> Iterator[Finding]:
    if locks < LOCKS:
        says = (
            f"max_locks_per_transaction is {locks}: large batches fail with out of shared memory."
        )
        yield warn(says, f"Set it to {LOCKS} in postgresql.conf, and start PostgreSQL again.")
    if connected > CROWDED * most:
        says = f"{connected} of {most} connections are taken."
        yield warn(says, "Set SIGNALBUS_DB_POOL, or raise max_connections.")
    if oldest > OLD_TRANSACTION:
        says = f"A transaction has been open for {oldest / 3600:.1f} hours."
        yield warn(says, "Find it in pg_stat_activity by xact_start, and end it.")


def _pooling() -> Iterator[Finding]:
    """Two statements of a session have one backend, unless a pooler deals them out."""
    first, second = (_rows("SELECT pg_backend_pid()")[0][0] for _ in range(2))
    if first != second:
        says = "DATABASE_URL leads to a pooler in transaction mode: tenants could be mixed up."
        yield fail(says, "Use the pooler's session mode, or the server's own address.")


def _clock() -> Finding:
    """The difference, less half of the time that asking took."""
    began = time.time()
    ((there,),) = _rows("SELECT extract(epoch FROM clock_timestamp())::float8")
    apart = abs(there - (began + time.time()) / 2)
    says = f"The database's clock is {apart:.1f} s off this machine's."
    remedy = "Synchronise both clocks (chrony, systemd-timesyncd)."
    if apart > CLOCK_FAIL:
        return fail(says, remedy)
    return warn(says, remedy) if apart > CLOCK_WARN else ok("The clocks agree.")


def _rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
