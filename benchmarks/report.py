"""The figures as a table for people and as JSON for scripts."""

import json
import os
import platform
from pathlib import Path
from typing import Any

COLUMNS = ("measure", "rate", "p50 ms", "p95 ms", "p99 ms", "CPU ms/message", "goal", "met")


class Report:
    """Collects figures, prints each as it comes, and keeps them."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")

    def add(self, measure: str, figures: dict[str, Any], goal: str = "", met: bool | None = None):
        """Keep a measure with its goal and whether it was met."""
        self.rows.append({"measure": measure, **figures, "goal": goal, "met": met})
        print(f"  {measure}: {figures['rate']:,.0f} {figures['unit']}", flush=True)

    def print(self) -> None:
        """The whole table."""
        rows = [COLUMNS, *(_cells(row) for row in self.rows)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
        for row in rows:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)))

    def write(self, path: Path) -> None:
        """All figures as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        machine = {"cores": os.cpu_count(), "python": platform.python_version()}
        path.write_text(json.dumps({"machine": machine, "measures": self.rows}, indent=2) + "\n")


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    return (
        row["measure"],
        f"{row['rate']:,.0f} {row['unit']}",
        _number(row, "p50_ms"),
        _number(row, "p95_ms"),
        _number(row, "p99_ms"),
        _number(row, "cpu_ms_per_message"),
        row["goal"],
        {True: "yes", False: "NO", None: ""}[row["met"]],
    )


def _number(row: dict[str, Any], name: str) -> str:
    return f"{row[name]:.2f}" if name in row else ""
