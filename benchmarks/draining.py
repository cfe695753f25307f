"""How quickly queued deliveries leave, and what that costs."""

import time
import urllib.request
from typing import Any

from benchmarks import people
from benchmarks.people import Customer
from benchmarks.stack import Stack

BATCH = 1_000
PAUSE = "benchmark"
LONGEST = 90.0  # seconds; a drain that takes longer has failed


def drain(
    stack: Stack, port: int, customers: list[Customer], count: int, channel: str = "email"
) -> dict[str, Any]:
    """Queue `count` messages spread over the customers, let one worker process loose on them.

    The time runs from the moment the lines are opened until no entry is left; relay and worker
    are up before.
    """
    stream = f"{channel}.normal"
    _pause(stream, customers, paused=True)
    _queue(port, customers, count, channel)
    processes = {"relay": ("run_relay",), "worker": (f"run_{channel}_worker",)}
    for offset, (name, command) in enumerate(processes.items()):
        stack.run(name, *command, port=18441 + offset)
    _join()
    used = stack.cpu_seconds()
    begun = time.perf_counter()
    _pause(stream, customers, paused=False)
    _wait_until_empty(begun)
    seconds = time.perf_counter() - begun
    used = stack.cpu_seconds() - used
    stack.stop("worker", "relay")
    return {
        "rate": count / seconds,
        "unit": "messages/s",
        "cpu_ms_per_message": used * 1000 / count,
        "seconds": seconds,
    }


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


def _wait_until_empty(begun: float) -> None:
    from django.db import connection

    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM public.bus_outboxentry")
            left = cursor.fetchone()[0]
        if not left:
            return
        if time.perf_counter() - begun > LONGEST:
            raise SystemExit(f"{left} deliveries were still queued after {LONGEST} s")
        time.sleep(0.05)
