"""The files through which a web server's processes share their metrics.

Each process writes files named after its pid. Those of a process that is gone are folded into one,
so that restarts neither lose what was counted nor pile up files; its live gauges end with it.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from prometheus_client.mmap_dict import MmapedDict

Values: Any = MmapedDict  # comes without types
FOLDED = "folded"
SUMMED = ("counter", "histogram", "summary")


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Let one process at a time read or fold, so that nothing is counted twice meanwhile."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fold(folder: Path) -> None:
    """Take the files of processes that are gone together. Only while the folder is held."""
    for file in sorted(folder.glob("*.db")):
        kind, _, owner = file.stem.rpartition("_")
        if owner.isdigit() and not _runs(int(owner)):
            _retire(file, kind)


def _retire(file: Path, kind: str) -> None:
    if kind in SUMMED:
        _add(file, file.with_name(f"{kind}_{FOLDED}.db"))
        file.unlink()
    elif kind.startswith("gauge_live"):
        file.unlink()


def _add(file: Path, total: Path) -> None:
    """Add the values of a file to the total, which is replaced as a whole."""
    draft = total.with_suffix(".draft")
    if total.exists():
        shutil.copyfile(total, draft)
    values = Values(str(draft))
    for key, value, timestamp, _ in Values.read_all_values_from_file(str(file)):
        values.write_value(key, values.read_value(key)[0] + value, timestamp)
    values.close()
    draft.replace(total)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
