"""Finds the line of a log that says why a program failed."""

import re
from pathlib import Path

READ_BYTES = 16 * 1024
LONGEST = 300
# The last line of a Python traceback; what may follow it only points into the statement.
ERROR_LINE = re.compile(r"^[\w.]*(?:Error|Exception|Refused|Exit)\b.*", re.MULTILINE)


def last_word(log: Path) -> str:
    """Return the last error of a traceback in the log, else its last line that says something."""
    if not log.exists():
        return "it wrote nothing"
    text = log.read_bytes()[-READ_BYTES:].decode(errors="replace").rstrip()
    last = re.split(r"(?=^Traceback )", text, flags=re.MULTILINE)[-1]
    errors: list[str] = ERROR_LINE.findall(last) if last.startswith("Traceback ") else []
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (errors or lines or ["it wrote nothing"])[-1][:LONGEST]
