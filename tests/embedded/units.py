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


def noting(folder: Path, name: str, **more: Any) -> Unit:
    """A unit that writes its name into `stops` when it is asked to stop."""
    code = (
        "import signal, sys, time\n"
        f"def stop(*_):\n    open('stops', 'a').write('{name} '); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, stop); open(sys.argv[0] or 'up', 'a'); time.sleep(60)"
    )
    return unit(folder, name, code.replace("sys.argv[0] or 'up'", f"'{name}.up'"), **more)
