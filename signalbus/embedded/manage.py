"""`make manage` and `make doctor`: manage.py with the settings of the running stack."""

import os
import shlex
import subprocess

from signalbus.embedded import stack
from signalbus.embedded.errors import StackError
from signalbus.embedded.paths import CLONE, Home, environment_python
from signalbus.embedded.supervisor import wanted_units

PROCESS = "relay"  # any of Signalbus's own: they share their settings


def manage(home: Home) -> int:
    """Run the command in the variable ARGS; return its exit code.

    Raises:
        StackError: the stack does not run, or ARGS is empty.
    """
    words = shlex.split(os.environ.get("ARGS", ""))
    if not words:
        raise StackError(
            "no command was named.", remedy='name one: make manage ARGS="create_operator acme olga"'
        )
    return _run(home, words)


def doctor(home: Home) -> int:
    """Probe everything that the stack stands on; return 1 where something fails.

    Raises:
        StackError: the stack does not run.
    """
    return _run(home, ["doctor", *shlex.split(os.environ.get("ARGS", ""))])


def _run(home: Home, words: list[str]) -> int:
    return subprocess.call(
        [environment_python(), "manage.py", *words], cwd=CLONE, env=_environment(home)
    )


def _environment(home: Home) -> dict[str, str]:
    """Return the variables of the stack's processes, and the terminal's own."""
    units = {unit.name: unit for unit in wanted_units(home)}
    if PROCESS not in units or not stack.supervisor(home):
        raise StackError("Signalbus does not run.", remedy="run make up")
    terminal = {name: os.environ[name] for name in ("TERM", "COLUMNS") if name in os.environ}
    return {**terminal, **units[PROCESS].resolved_environment()}
