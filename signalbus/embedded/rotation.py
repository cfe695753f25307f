"""Keeps log files small while their writers go on.

Each process appends to its own file without the supervisor in between, so it outlives it. A large
file is copied aside and cut to nothing: with O_APPEND its writer goes on at the new end.
"""

import os
import shutil
from pathlib import Path

MAX_BYTES = 10 * 1024 * 1024
KEPT = 3


def open_log(path: Path) -> int:
    """Return a descriptor that appends to the log; the caller closes it."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def rotate(path: Path, max_bytes: int = MAX_BYTES, kept: int = KEPT) -> bool:
    """Move a log that has grown too large aside; returns whether it was."""
    if not path.exists() or path.stat().st_size <= max_bytes:
        return False
    for number in range(kept - 1, 0, -1):
        older = _numbered(path, number)
        if older.exists():
            older.replace(_numbered(path, number + 1))
    shutil.copyfile(path, _numbered(path, 1))
    os.truncate(path, 0)
    return True


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")
