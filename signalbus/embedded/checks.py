"""`make test`, `make bench`, `make chaos` and `make screenshots`: what they run, in order."""

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
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
)
BENCHMARKS = Check(heading="Benchmarks", command=("-m", "benchmarks"))
SCREENSHOTS = Check(heading="Screenshots", command=("-m", "tests.browser.screenshots"))
CHAOS = Check(heading="Chaos", command=("-m", "benchmarks.chaos"))
FEWEST_PROCESSES, MOST_PROCESSES = 3, 4  # for tests: some only wait, and each has its own servers


def test(_home: Home) -> int:
    """Run the checks side by side, then the tests if all passed; return what fails' exit code.

    Further arguments for pytest are taken from the variable ARGS: `-n 0` runs them one by one.
    """
    with ThreadPoolExecutor(_processes()) as pool:
        codes = {done.heading: done.code for done in _told(pool.map(_run_aside, CHECKS))}
    if not any(codes.values()):
        codes["Tests"] = _run(_tests())
    failed = {heading: code for heading, code in codes.items() if code}
    for heading, code in failed.items():
        say(f"\n{heading}: failed (exit code {code}).")
    if not failed:
        say("\nAll checks passed.")
    return next(iter(failed.values()), 0)


def bench(_home: Home) -> int:
    """Run the benchmarks; which of them, ARGS may say."""
    return _run(BENCHMARKS)


def chaos(_home: Home) -> int:
    """Kill everything while notifications are accepted and delivered; ARGS may name seeds."""
    return _run(CHAOS)


def screenshots(_home: Home) -> int:
    """Take a picture of every page of both consoles; ARGS=--docs renews the documents' as well."""
    return _run(SCREENSHOTS)


def _processes() -> int:
    return min(max(os.cpu_count() or 1, FEWEST_PROCESSES), MOST_PROCESSES)


def _tests() -> Check:
    shared = ("-n", str(_processes()), "--dist", "worksteal", "--max-worker-restart", "2")
    return Check(heading="Tests", command=("-m", "pytest", *shared))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What became of a check that ran beside others."""

    heading: str
    code: int
    output: str
    seconds: float


def _run_aside(check: Check) -> _Done:
    began = time.monotonic()
    done = subprocess.run(
        [environment_python(), *check.command],
        cwd=CLONE,
        env={**_clean_environment(), **NO_SERVERS},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    seconds = time.monotonic() - began
    return _Done(heading=check.heading, code=done.returncode, output=done.stdout, seconds=seconds)


def _told(checks: Iterable[_Done]) -> Iterator[_Done]:
    """Say of each, as its turn comes, what it said."""
    for done in checks:
        say(f"\n=== {done.heading}")
        say(f"{done.output}=== {done.heading}: {done.seconds:.1f} s")
        yield done


def _run(check: Check) -> int:
    say(f"\n=== {check.heading}")
    began = time.monotonic()
    code = subprocess.call(
        [environment_python(), *check.command, *shlex.split(os.environ.get("ARGS", ""))],
        cwd=CLONE,
        env=_clean_environment(),
        stdin=subprocess.DEVNULL,
    )
    say(f"=== {check.heading}: {time.monotonic() - began:.1f} s")
    return code


def _clean_environment() -> dict[str, str]:
    """Return the caller's environment without Signalbus's settings, which tests choose alone."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OWN_VARIABLES)}
    return {**kept, "PYTHONPATH": "", "VIRTUAL_ENV": sys.prefix}
