"""`python -m benchmarks.idle`: what a running `make up` costs while nobody uses it. Linux only.

Ends with 0 also where the goal is missed. Leave the stack alone for some minutes before, until
Java has compiled what it runs often. On a machine that does nothing else the figures are higher
than on a busy one, because a core that sleeps takes longer to wake up.
"""

import argparse
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import cpu
from benchmarks.errors import MeasureError
from signalbus.embedded import stack
from signalbus.embedded.paths import Home, find_home
from signalbus.embedded.supervisor import recorded

GOAL_PERCENT = 10.0
SUPERVISOR = "supervisor"
LINE = "{:<12} {:>9} {:>13} {:>8}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Processes, CPU time in per cent of one core, and memory that is their own share."""

    processes: int
    percent: float
    megabytes: float


def main() -> int:
    """Measure and print; the exit code."""
    options = _options()
    try:
        costs = measure(Home(root=options.home.resolve()), options.seconds)
    except MeasureError as problem:
        print(f"Error: {problem}", file=sys.stderr)
        return 1
    print(table(costs))
    return 0


def measure(home: Home, seconds: float) -> dict[str, Cost]:
    """What each unit costs in that time.

    Raises:
        MeasureError: this is no Linux, nothing runs, or not the same all the time.
    """
    pids = _running(home)
    before, began = _seconds(pids), time.monotonic()
    time.sleep(seconds)
    after, lasted = _seconds(pids), time.monotonic() - began
    if _running(home) != pids:
        raise MeasureError("a process has ended meanwhile; `make status` shows which.")
    return {
        name: _cost(_processes(name, pid), 100 * (after[name] - before[name]) / lasted)
        for name, pid in pids.items()
    }


def table(costs: Mapping[str, Cost]) -> str:
    """The costs of each unit, their sum, and the goal."""
    lines = [LINE.format("", "processes", "% of one core", "PSS MB")]
    lines += [_line(name, cost) for name, cost in costs.items()]
    total = Cost(
        processes=sum(cost.processes for cost in costs.values()),
        percent=sum(cost.percent for cost in costs.values()),
        megabytes=sum(cost.megabytes for cost in costs.values()),
    )
    met = "met" if total.percent < GOAL_PERCENT else "MISSED"
    return "\n".join([*lines, f"{_line('all', total)}   goal: < {GOAL_PERCENT:.0f} %, {met}"])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.idle", description=__doc__)
    parser.add_argument("--home", type=Path, default=find_home().root, help="default: %(default)s")
    parser.add_argument("--seconds", type=float, default=60.0, help="default: %(default)s")
    return parser.parse_args()


def _running(home: Home) -> dict[str, int]:
    if not (cpu.PROC / "self" / "smaps_rollup").exists():
        raise MeasureError("CPU time and memory are read from /proc, which only Linux has.")
    own = stack.supervisor(home)
    if own is None:
        raise MeasureError(f"nothing runs in {home.root}; `make up` starts it.")
    units = {name: unit["pid"] for name, unit in recorded(home).items() if "pid" in unit}
    return {**units, SUPERVISOR: own["pid"]}


def _seconds(pids: Mapping[str, int]) -> dict[str, float]:
    return {name: sum(map(cpu.own_seconds, _processes(name, pid))) for name, pid in pids.items()}


def _processes(name: str, pid: int) -> set[int]:
    """All of a unit; the supervisor's children are the units."""
    return {pid} if name == SUPERVISOR else cpu.family([pid])


def _cost(processes: set[int], percent: float) -> Cost:
    try:
        megabytes = sum(map(cpu.megabytes_of, processes))
    except PermissionError as refused:
        raise MeasureError("be the user who called `make up`, or root.") from refused
    return Cost(processes=len(processes), percent=percent, megabytes=megabytes)


def _line(name: str, cost: Cost) -> str:
    return LINE.format(name, cost.processes, f"{cost.percent:.2f}", f"{cost.megabytes:.1f}")


if __name__ == "__main__":
    sys.exit(main())
