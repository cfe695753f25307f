"""How quickly requests are accepted, beside what the machine can do at all."""

import json
import time
from typing import Any

from benchmarks import load, people
from benchmarks.people import Customer
from benchmarks.stack import Stack

SECONDS = 5.0
BATCH = 1_000
BATCH_SECONDS = 6.0


def nothing(port: int, customer: Customer, connections: int) -> dict[str, Any]:
    """The same view with key check, parsing and answering, without a database."""
    return _single(port, "/nothing", customer, connections, SECONDS)


def single(port: int, customer: Customer, connections: int) -> dict[str, Any]:
    """`POST /api/v1/notify`, one notification a request."""
    return _single(port, "/api/v1/notify", customer, connections, SECONDS)


def batches(port: int, customer: Customer) -> dict[str, Any]:
    """`POST /api/v1/notifications/batch` over one connection, 1,000 items a request."""
    bodies = [people.batch_body(10_000_000 + n * BATCH, BATCH) for n in range(120)]
    path = "/api/v1/notifications/batch"
    done = load.run(
        port, 1, BATCH_SECONDS, lambda n: load.request_bytes(path, bodies[n % 120], customer.key)
    )
    return _figures(done, scale=BATCH, unit="items/s")


def inserts(stack: Stack) -> dict[str, Any]:
    """Single-row INSERTs, each its own commit, over one connection: what the disk gives."""
    import psycopg

    with psycopg.connect(stack.environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS bench (id bigserial PRIMARY KEY, t text)")
        begun, count = time.perf_counter(), 0
        while time.perf_counter() - begun < 3.0:
            connection.execute("INSERT INTO bench (t) VALUES ('x')")
            count += 1
        taken = time.perf_counter() - begun
        connection.execute("DROP TABLE bench")
    return {"rate": count / taken, "unit": "commits/s"}


def _single(
    port: int, path: str, customer: Customer, connections: int, seconds: float
) -> dict[str, Any]:
    def make(number: int) -> bytes:
        body = json.dumps(people.notify_body(number)).encode()
        return load.request_bytes(path, body, customer.key)

    load.run(port, connections, 1.0, make)  # warm: first requests load code and caches
    return _figures(load.run(port, connections, seconds, make), scale=1, unit="requests/s")


def _figures(done: load.Load, *, scale: int, unit: str) -> dict[str, Any]:
    refused = {status: n for status, n in done.statuses.items() if status != 202}
    if refused:
        raise SystemExit(f"The answers were not 202 only: {done.statuses}")
    return {
        "rate": done.per_second * scale,
        "unit": unit,
        "p50_ms": done.percentile(0.50),
        "p95_ms": done.percentile(0.95),
        "p99_ms": done.percentile(0.99),
    }
