"""CPU time and memory of processes and all their children, from /proc."""

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def seconds_of(pids: Iterable[int]) -> float:
    """User and system seconds that the processes and their living descendants have used."""
    return sum(map(own_seconds, family(pids)))


def family(pids: Iterable[int]) -> set[int]:
    """The processes and their living descendants."""
    children: dict[int, list[int]] = defaultdict(list)
    for folder in PROC.iterdir():
        if folder.name.isdigit() and (fields := _fields(int(folder.name))):
            children[int(fields[1])].append(int(folder.name))
    return _with_descendants(list(pids), children)


def own_seconds(pid: int) -> float:
    """Those of one process and of its children that have ended and were waited for."""
    return sum(map(int, _fields(pid)[11:15])) / TICKS


def megabytes_of(pid: int) -> float:
    """Memory of one process, what it shares with others in proportion; 0 where it has ended.

    Raises PermissionError where it is another user's.
    """
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _fields(pid: int) -> list[str]:
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
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
