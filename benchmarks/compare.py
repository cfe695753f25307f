"""`python -m benchmarks.compare COMMIT`: the same measures of an earlier commit and of this clone.

By turns, so that whatever else the machine does befalls both; compared is what one message costs,
CPU time of all processes in milliseconds, for that hangs less on the moment than a rate does. Uses
this clone's packages for both. Ends with 1 where something costs over 10 % more than before.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stack import ROOT

MOST = 1.10  # times what it cost before
Costs = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """What one of a measure's messages costs, in milliseconds of CPU time: medians."""

    measure: str
    before: float
    after: float

    @property
    def times(self) -> float:
        """How often the old cost goes into the new one."""
        return self.after / self.before


def main() -> int:
    """Print both commits' costs of each measure; the exit code."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="signalbus-compare-") as folder:
        old = _clone(options.commit, Path(folder) / "old")
        rounds = [
            [_costs(each, options.measures, Path(folder)) for each in (old, ROOT)]
            for _ in range(options.rounds)
        ]
    found = list(ratios([each[0] for each in rounds], [each[1] for each in rounds]))
    for each in found:
        print(f"{each.measure:40} {each.before:8.3f} {each.after:8.3f} ms, {each.times:.2f} times")
    return int(any(each.times > MOST for each in found))


def ratios(before: Sequence[Costs], after: Sequence[Costs]) -> Iterator[Ratio]:
    """The measures that both made in every round; calibrations are nobody's cost."""
    for measure in before[0]:
        if not measure.startswith("calibration") and all(measure in each for each in after):
            yield Ratio(
                measure=measure,
                before=statistics.median(each[measure] for each in before),
                after=statistics.median(each[measure] for each in after),
            )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare", description=__doc__)
    parser.add_argument("commit")
    parser.add_argument("measures", nargs="*", default=["accept", "drain"], metavar="MEASURE")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_intermixed_args()


def _clone(commit: str, folder: Path) -> Path:
    subprocess.run(["git", "clone", "-q", str(ROOT), str(folder)], check=True)
    subprocess.run(["git", "checkout", "-q", commit], check=True, cwd=folder)
    return folder


def _costs(clone: Path, measures: Sequence[str], folder: Path) -> Costs:
    """By measure, as that clone's own benchmarks tell."""
    kept = folder / "figures.json"
    subprocess.run(
        [sys.executable, "-m", "benchmarks", *measures, "--json", str(kept)],
        check=True,
        cwd=clone,
        env={**os.environ, "PYTHONPATH": ""},
    )
    rows = json.loads(kept.read_text())["measures"]
    return {row["measure"]: row["cpu_ms"] for row in rows if "cpu_ms" in row}


if __name__ == "__main__":
    sys.exit(main())
