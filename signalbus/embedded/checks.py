"""`make test`, `make bench` and `make chaos`: what they run, in order."""

import os
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass

from signalbus.embedded.paths import CLONE, Home, environment_python
from signalbus.embedded.progress import say

# Settings are read, but no server is asked, by the checks that come before the tests.
NO_SERVERS = {
    "DJANGO_SETTINGS_MODULE": "signalbus.settings",
    "SIGNALBUS_SECRET_KEY": "checks-only-" + "0" * 50,
    "SIGNALBUS_ENCRYPTION_KEYS": "checks:" + "A" * 43 + "=",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
    "REDIS_URL": "",
    "KAFKA_BROKERS": "127.0.0.1:9",
}
OWN_VARIABLES = ("SIGNALBUS_", "SIMULATOR_", "OTEL_", "DJANGO_", "DATABASE_URL", "REDIS_", "KAFKA_")
# Migrations are compared with the models; that no database tells which of them ran is meant so.
NO_HISTORY = ("-W", "ignore:Got an error checking a consistent migration history")
MIGRATIONS = ("manage.py", "makemigrations", "--check", "--dry-run")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A heading, and a command of the virtual environment's Python."""

    heading: str
    command: tuple[str, ...]
    without_servers: bool = True


CHECKS = (
    Check(heading="Lint", command=("-m", "ruff", "check", ".")),
    Check(heading="Format", command=("-m", "ruff", "format", "--check", ".")),
    Check(heading="Types", command=("-m", "mypy")),
    Check(
        heading="Order of imports",
        command=("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
    ),
    Check(heading="Migrations", command=(*NO_HISTORY, *MIGRATIONS)),
    Check(heading="System check", command=("manage.py", "check")),
    Check(heading="Tests", command=("-m", "pytest"), without_servers=False),
)
BENCHMARKS = Check(heading="Benchmarks", command=("-m", "benchmarks"), without_servers=False)
CHAOS = Check(heading="Chaos", command=("-m", "benchmarks.chaos"), without_servers=False)


def test(_home: Home) -> int:
    """Run every check up to the first that fails; return its exit code.

    Further arguments for pytest are taken from the variable ARGS.
    """
    for check in CHECKS:
        code = _run(check)
        if code:
            say(f"\n{check.heading}: failed (exit code {code}).")
            return code
    say("\nAll checks passed.")
    return 0


def bench(_home: Home) -> int:
    """Run the benchmarks; which of them, ARGS may say."""
    return _run(BENCHMARKS)


def chaos(_home: Home) -> int:
    """Kill everything while notifications are accepted and delivered; ARGS may name seeds."""
    return _run(CHAOS)


def _run(check: Check) -> int:
    say(f"\n=== {check.heading}")
    began = time.monotonic()
    arguments = [] if check.without_servers else shlex.split(os.environ.get("ARGS", ""))
    code = subprocess.call(
        [environment_python(), *check.command, *arguments],
        cwd=CLONE,
        env={**_clean_environment(), **(NO_SERVERS if check.without_servers else {})},
        stdin=subprocess.DEVNULL,
    )
    say(f"=== {check.heading}: {time.monotonic() - began:.1f} s")
    return code


def _clean_environment() -> dict[str, str]:
    """Return the caller's environment without Signalbus's settings, which tests choose alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OWN_VARIABLES)}
    return {**kept, "PYTHONPATH": "", "VIRTUAL_ENV": sys.prefix}
