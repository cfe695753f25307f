"""From the POST to the provider's call, at a gentle rate."""

import json
import time
from pathlib import Path
from typing import Any

from benchmarks import people
from benchmarks.errors import MeasureError
from benchmarks.people import Customer
from benchmarks.stack import Stack, call

PER_SECOND = 10
SETTLE = 5.0  # seconds for consumers to join and for the last messages to leave


def post_to_provider(stack: Stack, port: int, customer: Customer, seconds: float) -> dict[str, Any]:
    """Milliseconds between sending the request and the simulator's journal entry."""
    journal = stack.home / "journal.jsonl"
    stack.run("relay", "run_relay")
    stack.run("worker", "run_email_worker", SIMULATOR_JOURNAL=str(journal))
    time.sleep(SETTLE)
    sent = _send(port, customer, seconds)
    time.sleep(SETTLE)
    stack.stop("worker", "relay")
    waits = sorted(_waits(journal, sent))
    if len(waits) != len(sent):
        raise MeasureError(f"{len(sent)} were accepted, {len(waits)} reached the provider")
    return {
        "rate": len(waits) / seconds,
        "unit": "requests/s",
        "p50_ms": _percentile(waits, 0.50),
        "p95_ms": _percentile(waits, 0.95),
        "p99_ms": _percentile(waits, 0.99),
    }


def _send(port: int, customer: Customer, seconds: float) -> dict[str, float]:
    begun = time.time()
    sent: dict[str, float] = {}
    for number in range(int(seconds * PER_SECOND)):
        time.sleep(max(begun + number / PER_SECOND - time.time(), 0))
        moment = time.time()
        answer = call(port, "/notify", people.notify_body(20_000_000 + number), customer.key)
        sent[answer["deliveries"][0]["id"]] = moment
    return sent


def _waits(journal: Path, sent: dict[str, float]) -> list[float]:
    lines = map(json.loads, journal.read_text().splitlines())
    return [
        (line["time"] - sent[line["delivery"]]) * 1000 for line in lines if line["delivery"] in sent
    ]


def _percentile(ordered: list[float], share: float) -> float:
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
