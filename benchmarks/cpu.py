"""CPU time of processes and all their children, from /proc."""

import os
from collections import defaultdict
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def seconds_of(pids: list[int]) -> float:
    """User and system seconds that the processes and their living descendants have used."""
    children: dict[int, list[int]] = defaultdict(list)
    used: dict[int, float] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (fields := _fields(folder)):
            children[int(fields[1])].append(int(folder.name))
            # utime, stime, and those of children that have ended and were waited for
            used[int(folder.name)] = sum(map(int, fields[11:15])) / TICKS
    return sum(used.get(pid, 0.0) for pid in _with_descendants(pids, children))


def _fields(folder: Path) -> list[str]:
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _with_descendants(pids: list[int], children: dict[int, list[int]]) -> set[int]:
    found: set[int] = set()
    waiting = list(pids)
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting += children[pid]
    return found
