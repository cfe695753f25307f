"""`make logs`: the last lines of all logs in order of time, then what is added, until Ctrl-C."""

import time
from contextlib import suppress
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path

from signalbus.embedded.log_lines import Line, read_line
from signalbus.embedded.paths import Home
from signalbus.embedded.progress import say

FIRST_BYTES = 2048
POLL_SECONDS = 0.3


class Tail:
    """Reads what is added to one file, also after rotation has cut it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = max(0, path.stat().st_size - FIRST_BYTES)
        self.cut = self.position > 0
        self.last = datetime.min.replace(tzinfo=UTC)

    def new_lines(self) -> list[Line]:
        """Return the whole lines added since the last call, with the process's name before."""
        lines = [self._read(raw) for raw in self._added()[int(self.cut) :]]
        self.cut = False
        return lines

    def _read(self, raw: str) -> Line:
        line = read_line(raw, self.last)
        self.last = line.at
        return Line(at=line.at, text=f"{self.path.stem:<12} {line.text}")

    def _added(self) -> list[str]:
        size = self.path.stat().st_size
        self.position = 0 if size < self.position else self.position
        if size == self.position:
            return []
        with self.path.open("rb") as stream:
            stream.seek(self.position)
            whole, _, _ = stream.read(size - self.position).rpartition(b"\n")
        self.position += len(whole) + 1 if whole else 0
        return whole.decode(errors="replace").splitlines()


def logs(home: Home) -> int:
    """Follow all logs, each line with the name of its process before it; Ctrl-C ends it."""
    tails: dict[Path, Tail] = {}
    if not home.log.exists():
        say(f"There are no logs yet in {home.log}; `make up` starts the stack.")
        return 0
    with suppress(KeyboardInterrupt):
        _follow(home, tails)
    return 0


def _follow(home: Home, tails: dict[Path, Tail]) -> None:
    while True:
        paths = sorted(home.log.glob("*.log"))
        added = [line for path in paths for line in tails.setdefault(path, Tail(path)).new_lines()]
        for line in sorted(added, key=attrgetter("at")):
            say(line.text)
        time.sleep(POLL_SECONDS)
