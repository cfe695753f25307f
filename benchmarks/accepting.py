"""How quickly requests are accepted, beside what the machine can do at all."""

import json
import time
from collections.abc import Callable
from typing import Any

from benchmarks import load, people
from benchmarks.errors import MeasureError
from benchmarks.people import Customer
from benchmarks.stack import Stack

ACCEPTED = 202
SECONDS = 5.0
WARM_SECONDS = 1.0
BATCH = 1_000
BATCH_SECONDS = 6.0
MOST_BATCHES = 240


def nothing(stack: Stack, port: int, customer: Customer, connections: int) -> dict[str, Any]:
    """The same view with key check, parsing and answering, without a database."""
    return _single(stack, port, "/nothing", customer, connections)


def single(stack: Stack, port: int, customer: Customer, connections: int) -> dict[str, Any]:
    """`POST /api/v1/notify`, one notification a request; about as many are new as are known."""
    return _single(stack, port, "/api/v1/notify", customer, connections)


def batches(stack: Stack, port: int, customer: Customer) -> dict[str, Any]:
    """`POST /api/v1/notifications/batch` over one connection, 1,000 items a request, all new."""
    bodies = [people.batch_body(10_000_000 + n * BATCH, BATCH) for n in range(MOST_BATCHES)]
    path = "/api/v1/notifications/batch"

    def make(number: int) -> bytes:
        return load.request_bytes(path, bodies[number], customer.key)

    return _measured(
        stack, lambda: load.run(port, 1, BATCH_SECONDS, make), scale=BATCH, unit="items/s"
    )


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
    stack: Stack, port: int, path: str, customer: Customer, connections: int
) -> dict[str, Any]:
    def make(number: int) -> bytes:
        body = json.dumps(people.notify_body(number)).encode()
        return load.request_bytes(path, body, customer.key)

    load.run(port, connections, WARM_SECONDS, make)  # first requests load code and caches
    return _measured(
        stack, lambda: load.run(port, connections, SECONDS, make), scale=1, unit="requests/s"
    )


def _measured(
    stack: Stack, run: Callable[[], load.Load], *, scale: int, unit: str
) -> dict[str, Any]:
    """The figures of a run of requests that carry `scale` items each."""
    before = stack.cpu_seconds()
    done = run()
    items = len(done.latencies) * scale
    after = stack.cpu_seconds()
    used = {name: (after[name] - spent) * 1000 / items for name, spent in before.items()}
    if set(done.statuses) != {ACCEPTED}:
        raise MeasureError(f"The answers were not 202 only: {done.statuses}")
    return {
        "rate": done.per_second * scale,
        "unit": unit,
        "p50_ms": done.percentile(0.50),
        "p95_ms": done.percentile(0.95),
        "p99_ms": done.percentile(0.99),
        "cpu_ms": sum(used.values()),
        "cpu_ms_by_process": used,
    }
