"""`make chaos`: nothing lost, nothing twice unmarked, nothing stuck, whatever is killed.

Ends with 0 if every run kept all that is promised, else with 1. About two minutes a seed.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from benchmarks.chaos.findings import Findings
from benchmarks.chaos.run import prepare, run
from benchmarks.stack import ROOT, Stack

SEEDS = (1, 2, 3, 4, 5)
COUNT = 20_000
LIMIT = 600.0  # seconds; no further run begins that would not end by then


def main() -> int:
    """Run the seeds; the exit code."""
    options = _options()
    begun = time.monotonic()
    done: list[Findings] = []
    stack = Stack()
    try:
        port = prepare(stack)
        for seed in options.seeds:
            if done and _used(begun) + _used(begun) / len(done) > options.limit:
                print(f"seed {seed} is left out: it would not end within {options.limit:.0f} s")
                continue
            done.append(run(stack, port, seed, options.count))
            _print(done[-1])
    finally:
        stack.close()
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps([asdict(each) for each in done], indent=2) + "\n")
    print(f"in {_used(begun):.0f} s")
    return 0 if done and all(each.good for each in done) else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("seeds", nargs="*", type=int, default=list(SEEDS), metavar="SEED")
    parser.add_argument("--count", type=int, default=COUNT, help="notifications a seed")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds in all")
    parser.add_argument("--json", type=Path, default=ROOT / "var" / "chaos.json")
    return parser.parse_args()


def _used(begun: float) -> float:
    return time.monotonic() - begun


def _print(found: Findings) -> None:
    silent = ", ".join(f"{name} {seconds:.1f}" for name, seconds in sorted(found.silences.items()))
    print(
        f"seed {found.seed}: accepted {found.accepted:,}, final {found.final:,}, "
        f"missing {found.missing}, sent twice {found.twice} (unmarked {found.unmarked}, "
        f"at most {found.allowed_twice}), kills {found.kills}, longest wait after the last "
        f"{found.longest_after_last_kill:.1f} s (at most {found.allowed_after_last_kill:.0f})\n"
        f"  longest silence in s after a kill of: {silent}; a worker went on "
        f"{found.worker_went_on:.1f} s after its start",
        flush=True,
    )
    for problem in found.problems:
        print(f"  BROKEN: {problem}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
