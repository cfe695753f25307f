"""`python3 -m signalbus.embedded COMMAND`: what the Makefile calls.

Starts on any Python with the standard library alone; commands that need packages go on inside the
virtual environment once it is made.
"""

import importlib
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from signalbus.embedded.bootstrap import DEVELOPMENT, RUNTIME, enter, inside, install
from signalbus.embedded.errors import StackError
from signalbus.embedded.files import private_folder
from signalbus.embedded.paths import Home, find_home
from signalbus.embedded.progress import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Module and function, and the requirement files it needs installed."""

    module: str
    function: str
    requirements: tuple[str, ...] = ()


COMMANDS = {
    "up": Command(module="up", function="up", requirements=RUNTIME),
    "down": Command(module="down", function="down"),
    "reset": Command(module="down", function="reset"),
    "status": Command(module="status", function="status"),
    "logs": Command(module="follow", function="logs"),
    "doctor": Command(module="manage", function="doctor"),
    "manage": Command(module="manage", function="manage"),
    "supervise": Command(module="supervisor", function="supervise"),
    "test": Command(module="checks", function="test", requirements=DEVELOPMENT),
    "bench": Command(module="checks", function="bench", requirements=DEVELOPMENT),
    "screenshots": Command(module="checks", function="screenshots", requirements=DEVELOPMENT),
    "chaos": Command(module="checks", function="chaos", requirements=DEVELOPMENT),
}
INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    """Run the command and return the exit code; failures are told in three lines."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        say(f"Say one of: {', '.join(COMMANDS)}")
        return 2
    try:
        return _run(COMMANDS[arguments[0]], arguments, find_home())
    except StackError as error:
        say("\n".join(error.lines()))
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as problem:
        say("\n".join(_unforeseen(problem, find_home()).lines()))
        return 1


def _run(command: Command, arguments: list[str], home: Home) -> int:
    if command.requirements:
        kind = "development" if command.requirements == DEVELOPMENT else "runtime"
        install(home, command.requirements, kind)
        if not inside():
            enter(arguments)
    module = importlib.import_module(f"signalbus.embedded.{command.module}")
    function: Callable[[Home], int] = getattr(module, command.function)
    return function(home)


def _unforeseen(problem: Exception, home: Home) -> StackError:
    """Keep the trace in a log, and say the cause in a line."""
    log = private_folder(home.log) / "commands.log"
    with log.open("a", encoding="utf-8") as output:
        traceback.print_exception(problem, file=output)
    return StackError(
        f"{type(problem).__name__}: {problem}", log=log, remedy="see the log, then try again"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
