"""`python -m benchmarks.stream`: how quick the live stream is, and what it stands.

On servers of its own, in some two minutes: 500 clients of two tenants listen, at two processes,
while messages of both are sent to their end.

- calm: how long an event takes from the change of the state, which is before its commit, to the
  client (goal: p95 below 1 s)
- stuck: the same while much happens in a third tenant, of whose clients some do not read (goal: as
  before; those are cut off, and miss nothing once they come back)
- killed: one process is killed (`kill -9`), and its clients go on at the other (goal: all of the
  500 have heard everything once, in order)
"""

import argparse
import asyncio
import sys
import threading
import time
import urllib.request
from collections.abc import Sequence
from typing import Any

from benchmarks import people
from benchmarks.errors import MeasureError
from benchmarks.listeners import Listener
from benchmarks.people import Customer
from benchmarks.stack import Stack, call

GOAL = 1.0  # seconds, p95
STUCK, READING = 10, 5  # clients of the third tenant
MESSAGES = 1_000  # of the third tenant, all of them
CHANGES = 10  # changed so many times
LONGEST = 60.0  # seconds for what has to come
MOVE = "UPDATE {schema}.notifications_delivery SET status = %(status)s"
HEARD = "SELECT id FROM {schema}.delivery_move WHERE id > %(after)s::bigint ORDER BY id"


def main() -> int:
    """Print the figures; 0 if all goals are met."""
    options = _options()
    stack = Stack()
    try:
        bench = _prepare(stack, options)
        with bench.traffic:
            return 0 if asyncio.run(_measure(bench)) else 1
    finally:
        stack.close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stream")
    parser.add_argument("--clients", type=int, default=500)
    parser.add_argument("--rate", type=float, default=10.0, help="messages a second, of all")
    parser.add_argument("--seconds", type=float, default=20.0, help="of each measure")
    return parser.parse_args()


class Traffic:
    """Accepts messages of two tenants in turn, in a thread, at a steady rate."""

    def __init__(self, port: int, customers: Sequence[Customer], rate: float) -> None:
        self._port, self._customers, self._pause = port, customers, 1 / rate
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """The last has been accepted."""
        self._over.set()
        self._thread.join(LONGEST)

    def _run(self) -> None:
        number = 0
        while not self._over.wait(self._pause):
            customer = self._customers[number % len(self._customers)]
            call(self._port, "/notify", people.notify_body(number), customer.key)
            number += 1


class Bench:
    """What the measures use."""

    def __init__(self, stack: Stack, options: argparse.Namespace) -> None:
        self.stack, self.seconds = stack, options.seconds
        self.customers = [people.make_customer(name) for name in ("first", "second")]
        self.third = people.make_customer("third")
        self.web = stack.web()
        self.places = [stack.stream("stream-1"), stack.stream("stream-2")]
        self.traffic = Traffic(self.web, self.customers, options.rate)
        self.listeners: list[Listener] = []
        self.count = options.clients

    @property
    def ports(self) -> list[int]:
        return [port for port, _ in self.places]

    def cut_off(self) -> int:
        """How many clients the processes have cut off because they did not read."""
        return sum(_slow(port) for _, port in self.places)


def _prepare(stack: Stack, options: argparse.Namespace) -> Bench:
    stack.manage("migrate_schemas", "--verbosity", "0")
    stack.manage("create_streams")
    people.begin()
    bench = Bench(stack, options)
    stack.run("relay", "run_relay")
    stack.run("workers", "run_workers")
    items = [people.notify_body(number) for number in range(MESSAGES)]
    call(bench.web, "/notifications/batch", {"items": items}, bench.third.key)
    return bench


async def _measure(bench: Bench) -> bool:
    bench.listeners = await _open(bench)
    await asyncio.sleep(5.0)  # consumers have their partitions by then
    cpu = bench.stack.cpu_seconds()
    good = [await _calm(bench)]
    used = bench.stack.cpu_seconds()
    spent = sum(used[name] - cpu[name] for name in used if name.startswith("stream"))
    print(f"  both processes used {spent / bench.seconds:.0%} of a core for that")
    good += [await _stuck(bench), await _killed(bench)]
    for listener in bench.listeners:
        listener.close()
    return all(good)


async def _open(bench: Bench) -> list[Listener]:
    begun = time.monotonic()
    found = [
        Listener(bench.ports[number % 2 :] + bench.ports[: number % 2], customer.key)
        for number in range(bench.count // 2)
        for customer in bench.customers
    ]
    await _begin(found)
    print(f"{len(found)} clients: all listened within {time.monotonic() - begun:.1f} s")
    return found


async def _begin(listeners: Sequence[Listener]) -> None:
    await asyncio.gather(*(listener.open() for listener in listeners))
    await asyncio.wait_for(
        asyncio.gather(*(listener.ready.wait() for listener in listeners)), LONGEST
    )


async def _calm(bench: Bench) -> bool:
    _forget(bench)
    await asyncio.sleep(bench.seconds)
    return _tell("calm", bench)


async def _stuck(bench: Bench) -> bool:
    stuck = [Listener(bench.ports, bench.third.key, reads=False) for _ in range(STUCK)]
    reading = [Listener(bench.ports, bench.third.key) for _ in range(READING)]
    await _begin([*stuck, *reading])
    _forget(bench)
    for number in range(CHANGES):
        await asyncio.to_thread(_run, bench.third, MOVE, status=("failed", "queued")[number % 2])
        await asyncio.sleep(bench.seconds / CHANGES)
    is_quick = _tell("stuck", bench)
    cut_off = bench.cut_off()
    for listener in stuck:
        listener.read_again()
    expected = await _ids(bench.third, min(listener.begun or 0 for listener in stuck))
    whole = await _until_all_have_heard([*stuck, *reading], expected[-1])
    missed = sum(listener.ids != _since(listener, expected) for listener in [*stuck, *reading])
    print(f"  {cut_off} of {STUCK} that did not read were cut off; {missed} have missed any of")
    print(f"  the {len(expected):,} events, or heard one twice, once they read again")
    for listener in [*stuck, *reading]:
        listener.close()
    return is_quick and whole and cut_off == STUCK and not missed


async def _killed(bench: Bench) -> bool:
    before = sum(listener.losses for listener in bench.listeners)
    bench.stack.kill("stream-1")
    await asyncio.sleep(bench.seconds / 2)
    await asyncio.to_thread(bench.traffic.stop)
    await asyncio.sleep(5.0)  # for what is under way
    whole, missed = True, 0
    for customer in bench.customers:
        own = [listener for listener in bench.listeners if listener.key == customer.key]
        expected = await _ids(customer, min(listener.begun or 0 for listener in own))
        whole &= await _until_all_have_heard(own, expected[-1])
        missed += sum(listener.ids != _since(listener, expected) for listener in own)
    lost = sum(listener.losses for listener in bench.listeners) - before
    resets = sum(listener.resets for listener in bench.listeners)
    print(f"killed: {lost} clients lost their process and went on at the other; {missed} of")
    print(f"  {len(bench.listeners)} have missed an event or heard one twice; {resets} were reset")
    return whole and lost > 0 and not missed and not resets


async def _until_all_have_heard(listeners: Sequence[Listener], last: int) -> bool:
    ends = time.monotonic() + LONGEST
    while any((listener.last or 0) < last for listener in listeners):
        if time.monotonic() > ends:
            return False
        await asyncio.sleep(0.1)
    return True


def _since(listener: Listener, expected: Sequence[int]) -> list[int]:
    return [each for each in expected if each > (listener.begun or 0)]


def _forget(bench: Bench) -> None:
    for listener in bench.listeners:
        listener.delays.clear()


def _tell(name: str, bench: Bench) -> bool:
    delays = sorted(delay for listener in bench.listeners for delay in listener.delays)
    if not delays:
        raise MeasureError("Nobody heard anything.")
    p50, p95, p99 = (delays[int(len(delays) * share)] for share in (0.5, 0.95, 0.99))
    met = "met" if p95 < GOAL else "MISSED"
    print(
        f"{name}: {len(delays):,} events heard; p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms,"
        f" p99 {p99 * 1000:.0f} ms; goal: p95 < {GOAL * 1000:.0f} ms, {met}"
    )
    return p95 < GOAL


def _slow(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        for line in answer.read().decode().splitlines():
            if line.startswith('signalbus_stream_ends_total{outcome="slow"}'):
                return int(float(line.rpartition(" ")[2]))
    return 0


async def _ids(customer: Customer, after: int) -> list[int]:
    return [row[0] for row in await asyncio.to_thread(_run, customer, HEARD, after=after)]


def _run(customer: Customer, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    from tenants.schemas import TenantWork, run_for_tenants

    (answer,) = run_for_tenants([TenantWork(customer.schema, [(statement, values)])])
    if isinstance(answer, Exception):
        raise answer
    return answer[0]


if __name__ == "__main__":
    sys.exit(main())
