"""`python -m benchmarks.statistics_cost`: what keeping the statistics adds to a drain.

Drains with and without the triggers take turns, for the machine is never quite the same twice.
"""

import argparse
import os
from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from benchmarks import draining, people
from benchmarks.people import Customer
from benchmarks.stack import Stack

GOAL = 0.05  # of the CPU time of a message that is drained
SWITCH = """
ALTER TABLE {schema}.notifications_delivery %s TRIGGER count_made, %s TRIGGER count_moved
"""


def main() -> None:
    """Drain in turns, for one tenant and for many, and print the CPU time of a message."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.statistics_cost")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tenants", type=int, default=100)
    options = parser.parse_args()
    stack = Stack()
    try:
        stack.manage("migrate_schemas", "--verbosity", "0")
        stack.manage("create_streams")
        people.begin()
        port = stack.web()
        for some in ([people.make_customer("one")], people.make_customers("of", options.tenants)):
            _compare(stack, port, some, options.count, options.rounds)
    finally:
        stack.close()


def _compare(
    stack: Stack, port: int, customers: Sequence[Customer], count: int, rounds: int
) -> None:
    spent: dict[bool, list[float]] = defaultdict(list)
    of_postgres: dict[bool, list[float]] = defaultdict(list)
    for number in range(2 * rounds + 1):
        counts = number % 2 == 0
        _switch(customers, counts=counts)
        figures = draining.drain(stack, port, list(customers), count)
        draining.forget_queue()
        if number:  # the first warms the servers up
            spent[counts].append(figures["cpu_ms"])
            of_postgres[counts].append(figures["cpu_ms_by_process"]["postgres"])
    print(f"{len(customers)} tenants, load {os.getloadavg()[0]:.1f}")
    for name, found in (("in all", spent), ("PostgreSQL", of_postgres)):
        _print(name, found)


def _print(name: str, found: dict[bool, list[float]]) -> None:
    usual = {counts: median(values) for counts, values in found.items()}
    least = {counts: min(values) for counts, values in found.items()}
    share = usual[True] / usual[False] - 1
    print(
        f"  {name}: {usual[False]:.3f} ms without, {usual[True]:.3f} ms with, {share:+.1%}; "
        f"at least {least[False]:.3f} and {least[True]:.3f} ms; goal: less than {GOAL:.0%}"
    )


def _switch(customers: Sequence[Customer], *, counts: bool) -> None:
    from tenants.schemas import TenantWork, run_for_tenants

    word = "ENABLE" if counts else "DISABLE"
    statement = SWITCH.replace("%s", word)
    answers = run_for_tenants(
        [TenantWork(customer.schema, [(statement, {})]) for customer in customers]
    )
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer


if __name__ == "__main__":
    main()
