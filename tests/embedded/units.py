"""Small units for the tests: a few lines of Python instead of a server."""

import sys
from pathlib import Path
from typing import Any

from signalbus.embedded.unit import Unit

STAY = "import time; time.sleep(60)"


def unit(
    folder: Path, name: str = "stay", code: str = STAY, *, code_stamp: str = "", **more: Any
) -> Unit:
    """A unit that runs the code in the folder, with its log beside."""
    more.setdefault("stop_seconds", 5.0)
    argv = (sys.executable, "-u", "-c", code)
    log = str(folder / f"{name}.log")
    return Unit(name=name, argv=argv, cwd=str(folder), log=log, code=code_stamp, **more)


# A signal that comes just before a long sleep is only seen after it, hence the short ones.
NOTING = """
import signal, sys, time
from pathlib import Path

def stop(*_):
    with Path("stops").open("a") as stops:
        stops.write("NAME ")
    sys.exit(0)

signal.signal(signal.SIGTERM, stop)
Path("NAME.up").touch()
while True:
    time.sleep(0.02)
"""


def noting(folder: Path, name: str, **more: Any) -> Unit:
    """A unit that writes its name into `stops` when it is asked to stop."""
    return unit(folder, name, NOTING.replace("NAME", name), **more)
