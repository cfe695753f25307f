"""`python -m benchmarks.fairness`: what a crowd of one tenant's messages costs the others.

Three measures on servers of their own, about three minutes:

- with 100,000 bulk messages of one tenant waiting, how long a single high one of another tenant
  takes to the provider (goal: p99 below 2 s);
- how much of each second's deliveries that other tenant's 1,000 bulk messages get, from the first
  second on (goal: at least 40 % of the half that is its fair share);
- how many messages a second a quick account handles beside one that takes 10 s for each, in the
  same worker (goal: at least 80 % of what it does alone).
"""

import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from benchmarks import people
from benchmarks.chaos.findings import journal
from benchmarks.errors import MeasureError
from benchmarks.people import Customer, NewAccount
from benchmarks.stack import Stack, call

CROWD = 100_000
BATCH = 1_000
SINGLES = 50
SINGLES_PER_SECOND = 3.0
SINGLE_GOAL = 2.0  # seconds, p99
SHARE_GOAL = 0.4  # of the fair share, which is a half
QUICK_MS, SLOW_MS = 10, 10_000
QUICK_SECONDS = 10.0
WARM = 5.0  # until slow calls hold what they may hold
SLOW_WAITING = 500  # messages of the slow account: more than it can have under way
QUICK_GOAL = 0.8
JOURNAL = "journal.jsonl"
JOIN = 5.0  # seconds for consumers to get their partitions


def main() -> int:
    """Print the three figures; 0 if all goals are met."""
    stack = Stack()
    try:
        port = _prepare(stack)
        crowd, other = (people.make_customer(name) for name in ("crowd", "other"))
        _fill(port, crowd, CROWD)
        _start(stack)
        good = [_singles(stack, port, other), _shares(stack, port, other)]
        stack.stop("worker", "relay")
        good.append(_neighbours(stack, port))
    finally:
        stack.close()
    return 0 if all(good) else 1


def _prepare(stack: Stack) -> int:
    stack.manage("migrate_schemas", "--verbosity", "0")
    stack.manage("create_streams")
    people.begin()
    return stack.web()


def _start(stack: Stack) -> None:
    (stack.home / JOURNAL).unlink(missing_ok=True)
    stack.run("relay", "run_relay")
    stack.run("worker", "run_email_worker", SIMULATOR_JOURNAL=str(stack.home / JOURNAL))


def _fill(port: int, customer: Customer, count: int, priority: str = "bulk") -> list[str]:
    """Accept so many; their deliveries' ids."""
    ids: list[str] = []
    for first in range(0, count, BATCH):
        items = [
            {**people.notify_body(number), "priority": priority}
            for number in range(first, min(first + BATCH, count))
        ]
        answer = call(port, "/notifications/batch", {"items": items}, customer.key)
        ids += [each["id"] for result in answer["results"] for each in result["deliveries"]]
    return ids


def _singles(stack: Stack, port: int, customer: Customer) -> bool:
    """How long single high messages are under way while the crowd is being delivered."""
    time.sleep(JOIN)
    sent: dict[str, float] = {}
    for number in range(SINGLES):
        body = {**people.notify_body(50_000_000 + number), "priority": "high"}
        moment = time.time()
        sent[call(port, "/notify", body, customer.key)["deliveries"][0]["id"]] = moment
        time.sleep(1 / SINGLES_PER_SECOND)
    _check_crowd_waits()
    _wait_until_left(stack, set(sent))
    took = _taken(stack, set(sent))
    waits = sorted(took[key] - moment for key, moment in sent.items())
    slowest = waits[int(len(waits) * 0.99) - 1]
    median = waits[len(waits) // 2]
    print(f"a single high message: p50 {median * 1000:.0f} ms, p99 {slowest * 1000:.0f} ms")
    return slowest < SINGLE_GOAL


def _shares(stack: Stack, port: int, customer: Customer) -> bool:
    """What part of each second's deliveries goes to the newcomer's thousand."""
    begun = time.time()
    ids = set(_fill(port, customer, BATCH))
    accepted = time.time()
    _wait_until_left(stack, ids)
    _check_crowd_waits()
    lines = [line for line in journal(stack.home / JOURNAL) if float(line["time"]) >= accepted]
    last = max(float(line["time"]) for line in lines if line["delivery"] in ids)
    seconds: dict[int, Counter[bool]] = {}
    for line in lines:
        if float(line["time"]) <= last:
            second = int(float(line["time"]) - accepted)
            seconds.setdefault(second, Counter())[line["delivery"] in ids] += 1
    shares = [mine[True] / mine.total() / 0.5 for _, mine in sorted(seconds.items())]
    told = ", ".join(f"{share:.0%}" for share in shares)
    print(f"1,000 bulk messages, accepted in {accepted - begun:.2f} s: {told} of the fair share")
    return shares[0] >= SHARE_GOAL


def _neighbours(stack: Stack, port: int) -> bool:
    """A quick account alone, then beside a slow one."""
    from benchmarks.draining import forget_queue

    forget_queue()
    ports = stack.stub()
    quick, slow = (people.make_customer(name) for name in ("quick", "slow"))
    people.set_account(quick.schema, "email", _gateway(ports, QUICK_MS))
    people.set_account(slow.schema, "email", _gateway(ports, SLOW_MS))
    alone = _quick_rate(stack, port, quick)
    forget_queue()
    _fill(port, slow, SLOW_WAITING, "normal")
    beside = _quick_rate(stack, port, quick)
    share = beside.rate / alone.rate
    rates = f"{alone.rate:,.0f}/s alone, {beside.rate:,.0f}/s beside a slow one ({share:.0%})"
    print(f"quick account: {rates}")
    print(f"  the worker's CPU for each: {alone.cpu_ms:.3f} ms and {beside.cpu_ms:.3f} ms")
    return share >= QUICK_GOAL


@dataclass(frozen=True, slots=True)
class Quick:
    """Messages a second of the quick account, and what each cost the worker."""

    rate: float
    cpu_ms: float


def _quick_rate(stack: Stack, port: int, quick: Customer) -> Quick:
    """Measured once everything is under way."""
    _start(stack)
    stop = threading.Event()
    feeder = threading.Thread(target=_feed, args=(port, quick, stop))
    feeder.start()
    time.sleep(JOIN + WARM)
    before, spent = _quick_count(stack), stack.cpu_seconds()["worker"]
    time.sleep(QUICK_SECONDS)
    count, used = _quick_count(stack) - before, stack.cpu_seconds()["worker"] - spent
    stop.set()
    feeder.join()
    stack.kill("worker")  # it would wait for calls that take ten seconds
    stack.stop("relay")
    return Quick(count / QUICK_SECONDS, used * 1000 / max(count, 1))


def _quick_count(stack: Stack) -> int:
    return int(stack.stub_took()["by_pause"].get(str(QUICK_MS), 0))


def _feed(port: int, customer: Customer, stop: threading.Event) -> None:
    while not stop.is_set():
        if _waiting(customer.id) < 4 * BATCH:
            _fill(port, customer, BATCH, "normal")
        else:
            time.sleep(0.1)


def _gateway(ports: dict[str, int], milliseconds: int) -> NewAccount:
    url = f"http://127.0.0.1:{ports['http']}/{milliseconds}/messages"
    options = {"url": url, "body": "{{ text | json }}", "reference": "/sid"}
    return NewAccount(kind="http", options=options)


def _wait_until_left(stack: Stack, ids: set[str], seconds: float = 60.0) -> None:
    ends = time.monotonic() + seconds
    while _taken(stack, ids).keys() != ids:
        stack.check()
        if time.monotonic() > ends:
            raise MeasureError(f"They had not all left after {seconds:.0f} s.")
        time.sleep(0.5)


def _taken(stack: Stack, ids: set[str]) -> dict[str, float]:
    """When the provider first took each of them."""
    found: dict[str, float] = {}
    for line in journal(stack.home / JOURNAL):
        if line["delivery"] in ids:
            found.setdefault(line["delivery"], float(line["time"]))
    return found


def _waiting(tenant: int) -> int:
    return int(_one("SELECT count(*) FROM public.bus_outboxentry WHERE tenant_id = %s", tenant))


def _check_crowd_waits() -> None:
    """Raise MeasureError where the crowd has gone: then nothing was in anybody's way."""
    if not _one("SELECT count(*) FROM public.bus_outboxentry WHERE stream = %s", "email.bulk"):
        raise MeasureError("The crowd had been delivered before the measure was over.")


def _one(statement: str, value: Any) -> Any:
    """Asked on a connection of the calling thread's own."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, [value])
        return cursor.fetchone()[0]


if __name__ == "__main__":
    sys.exit(main())
