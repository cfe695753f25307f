"""The settings, by the checks that every start runs."""

from collections.abc import Iterator

from django.core.checks import ERROR

from signalbus.checks.registry import CHECKS, check_settings
from signalbus.doctor.findings import Finding, fail, ok, warn


def probe() -> Iterator[Finding]:
    """A finding for each that is wrong or doubtful."""
    messages = check_settings()
    for message in messages:
        speak = fail if message.level >= ERROR else warn
        yield speak(message.msg, message.hint or "")
    if not messages:
        yield ok(f"All settings passed {len(CHECKS)} checks.")
