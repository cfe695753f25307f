"""The figures as a table for people and as JSON for scripts."""

import json
import os
import platform
from pathlib import Path
from typing import Any

COLUMNS = ("measure", "rate", "p50 ms", "p95 ms", "p99 ms", "CPU ms each", "goal", "met")


class Report:
    """Collects figures, prints each as it comes, and keeps them."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")

    def add(
        self, measure: str, figures: dict[str, Any], goal: str = "", met: bool | None = None
    ) -> None:
        """Keep a measure with its goal and whether it was met."""
        self.rows.append({"measure": measure, **figures, "goal": goal, "met": met})
        print(f"  {measure}: {figures['rate']:,.0f} {figures['unit']}", flush=True)

    def add_goal(self, measure: str, figures: dict[str, Any], goal: float) -> None:
        """Keep a measure whose rate ought to reach the goal."""
        self.add(measure, figures, f"{goal:,.0f}/s", figures["rate"] >= goal)

    def rate_of(self, measure: str, otherwise: float) -> float:
        """The rate of a measure that was made; else the other figure."""
        rates = (row["rate"] for row in self.rows if row["measure"] == measure and "rate" in row)
        return float(next(rates, otherwise))

    def fail(self, measure: str, problem: BaseException) -> None:
        """Keep that a measure could not be made, and why."""
        self.rows.append({"measure": measure, "error": str(problem) or type(problem).__name__})
        print(f"  {measure}: could not be measured. {problem}", flush=True)

    @property
    def failed(self) -> bool:
        """Whether any measure could not be made."""
        return any("error" in row for row in self.rows)

    def print(self, seconds: float) -> None:
        """The whole table, and how many seconds it took."""
        rows = [COLUMNS, *(_cells(row) for row in self.rows)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
        for row in rows:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))
        print(f"in {seconds:.0f} s")

    def write(self, path: Path) -> None:
        """All figures as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        machine = {"cores": os.cpu_count(), "python": platform.python_version()}
        path.write_text(json.dumps({"machine": machine, "measures": self.rows}, indent=2) + "\n")


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    if "error" in row:
        return (row["measure"], "failed", *([""] * (len(COLUMNS) - 2)))
    return (
        row["measure"],
        f"{row['rate']:,.0f} {row['unit']}",
        _number(row, "p50_ms"),
        _number(row, "p95_ms"),
        _number(row, "p99_ms"),
        _number(row, "cpu_ms"),
        row["goal"],
        {True: "yes", False: "NO", None: ""}[row["met"]],
    )


def _number(row: dict[str, Any], name: str) -> str:
    return f"{row[name]:.2f}" if name in row else ""
