"""Starting a process says nothing that nobody asked for."""

import subprocess
import sys

from signalbus.embedded.checks import CHECKS, NO_SERVERS
from tests.processes import MANAGE, ROOT


def run(*command: str) -> str:
    """What a command that ends well writes to standard error, without any server."""
    done = subprocess.run(command, env=NO_SERVERS, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_the_consoles_are_set_up_without_a_warning() -> None:
    assert run(*MANAGE, "run_relay", "--help") == ""
    assert (
        run(sys.executable, "-W", "error::UserWarning", *MANAGE[1:], "check", "--tag", "urls") == ""
    )


def test_migrations_are_checked_without_a_warning() -> None:
    (check,) = (each for each in CHECKS if each.heading == "Migrations")
    assert run(sys.executable, *check.command) == ""
