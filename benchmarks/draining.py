"""How quickly queued deliveries leave, and what that costs."""

import time
import urllib.request
from typing import Any

from benchmarks import people
from benchmarks.errors import MeasureError
from benchmarks.people import Customer
from benchmarks.stack import Stack

BATCH = 1_000
PAUSE = "benchmark"
LONGEST = 60.0  # seconds; a drain that takes longer has failed
GOOD = ("sent", "delivered")


def drain(
    stack: Stack, port: int, customers: list[Customer], count: int, channel: str = "email"
) -> dict[str, Any]:
    """Queue `count` messages spread over the customers, let one worker process loose on them.

    The time runs from the moment the lines are opened until no entry is left; relay and worker
    are up before. Raises MeasureError unless every message was delivered.
    """
    stream = f"{channel}.normal"
    delivered = _delivered(customers)
    _pause(stream, customers, paused=True)
    _queue(port, customers, count, channel)
    processes = {"relay": ("run_relay",), "worker": (f"run_{channel}_worker",)}
    for name, command in processes.items():
        stack.run(name, *command)
    _join()
    before = stack.cpu_seconds()
    begun = time.perf_counter()
    _pause(stream, customers, paused=False)
    _wait_until_empty(stack, begun)
    seconds = time.perf_counter() - begun
    used = _milliseconds(before, stack.cpu_seconds(), count)
    stack.stop("worker", "relay")
    delivered = _delivered(customers) - delivered
    if delivered != count:
        raise MeasureError(f"{count} were queued and the line is empty, but {delivered} delivered.")
    return {
        "rate": count / seconds,
        "unit": "messages/s",
        "cpu_ms": sum(used.values()),
        "cpu_ms_by_process": used,
        "seconds": seconds,
    }


def _milliseconds(
    before: dict[str, float], after: dict[str, float], count: int
) -> dict[str, float]:
    """What each process has used for one message."""
    return {name: (after[name] - spent) * 1000 / count for name, spent in before.items()}


def _queue(port: int, customers: list[Customer], count: int, channel: str) -> None:
    share = count // len(customers)
    bodies = [
        (customer, people.batch_body(first, min(BATCH, share - first), channel))
        for customer in customers
        for first in range(0, share, BATCH)
    ]
    for customer, body in bodies:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/api/v1/notifications/batch",
            data=body,
            headers={
                "Authorization": f"Bearer {customer.key}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 202


def forget_queue() -> None:
    """What is still queued is not delivered; the next drain begins with an empty line."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE public.bus_outboxentry")


def _pause(stream: str, customers: list[Customer], *, paused: bool) -> None:
    from django.db import transaction

    from signalbus.bus import outbox

    with transaction.atomic():
        for customer in customers:
            if paused:
                outbox.pause(stream, customer.id, PAUSE)
            else:
                outbox.resume(stream, customer.id, PAUSE)


def _join() -> None:
    """Give the worker's consumers the time to get their partitions."""
    time.sleep(5.0)


def _delivered(customers: list[Customer]) -> int:
    """How many deliveries of these customers a provider has taken, or delivered."""
    from tenants.schemas import TenantWork, run_for_tenants

    counting = (
        "SELECT count(*) FROM {schema}.notifications_delivery WHERE status = ANY(%(good)s::text[])"
    )
    answers = run_for_tenants(
        [TenantWork(customer.schema, [(counting, {"good": list(GOOD)})]) for customer in customers]
    )
    total = 0
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
        total += answer[0][0][0]
    return total


def _wait_until_empty(stack: Stack, begun: float) -> None:
    while _anything_left():
        stack.check()
        if time.perf_counter() - begun > LONGEST:
            raise MeasureError(f"Deliveries were still queued after {LONGEST} s.")
        time.sleep(0.02)


def _anything_left() -> bool:
    """Asked often, so it must not count: going through the whole line took a tenth of a core."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM public.bus_outboxentry)")
        left: bool = cursor.fetchone()[0]
        return left
