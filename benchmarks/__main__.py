"""`make bench`: calibration, accepting, draining, latency; under four minutes on two cores.

Ends with 0 also where a goal is missed, for it measures; else only if something cannot be measured.
"""

import argparse
import sys
import time
from pathlib import Path

from benchmarks import measures, people
from benchmarks.report import Report
from benchmarks.stack import ROOT, Stack


def main() -> int:
    """Run the measures named, or all; the exit code."""
    options = _options()
    begun = time.monotonic()
    stack = Stack()
    try:
        report = _measure(stack, options.measures or list(measures.TABLE), options.latency_seconds)
    finally:
        stack.close()
    report.print(time.monotonic() - begun)
    report.write(options.json)
    return 1 if report.failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=", ".join(measures.TABLE))
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "bench.json")
    parser.add_argument("--latency-seconds", type=float, default=60.0)
    options = parser.parse_args()
    if unknown := set(options.measures) - set(measures.TABLE):
        parser.error(
            f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(measures.TABLE)}"
        )
    return options


def _measure(stack: Stack, wanted: list[str], latency_seconds: float) -> Report:
    stack.manage("migrate_schemas", "--verbosity", "0")
    stack.manage("create_streams")
    people.begin()
    bench = measures.Bench(
        stack=stack,
        report=Report(),
        customer=people.make_customer("bench"),
        port=stack.web(),
        latency_seconds=latency_seconds,
    )
    for name, measure in measures.TABLE.items():
        if name in wanted:
            bench.run(name, measure)
    return bench.report


if __name__ == "__main__":
    sys.exit(main())
