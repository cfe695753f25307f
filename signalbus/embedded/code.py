"""Tells whether code and Python on disk are what the running processes were started from."""

import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path

from signalbus.embedded.paths import CLONE

PACKAGES = ("signalbus", "tenants", "templates_app", "notifications", "delivery")
OTHERS = ("manage.py", "requirements.txt", "requirements-embedded.txt")
WATCHED = frozenset({".py", ".html", ".css", ".js", ".json", ".txt", ".liquid", ".svg", ".sql"})


def code_stamp() -> str:
    """Return a digest of all code and templates that Signalbus's processes load."""
    found = (path for name in PACKAGES for path in (CLONE / name).rglob("*"))
    return _digest([*found, *(CLONE / name for name in OTHERS)])


def stack_stamp() -> str:
    """Return a digest of the embedded stack's own code, which the supervisor has loaded."""
    return _digest(Path(__file__).parent.glob("*.py"))


def _digest(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(path for path in paths if path.suffix in WATCHED and path.is_file()):
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
