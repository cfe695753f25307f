"""`make down` and `make reset`."""

import os
import shutil
import sys
from collections.abc import Mapping

from signalbus.embedded import stack
from signalbus.embedded.command_lock import one_at_a_time
from signalbus.embedded.errors import StackError
from signalbus.embedded.paths import Home, is_root
from signalbus.embedded.progress import say, step


def down(home: Home) -> int:
    """Stop everything in order; nothing is lost, and `up` goes on where it was."""
    with one_at_a_time(home):
        with step("Stopping Signalbus and its servers"):
            ran = stack.stop(home)
        say(
            "Stopped. The data stay; `make up` goes on with them."
            if ran
            else "Nothing was running."
        )
    return 0


def reset(home: Home, environment: Mapping[str, str] = os.environ) -> int:
    """Throw the data of the embedded servers away, after asking; keys and ports are kept.

    Raises:
        StackError: nobody can be asked and YES=1 is not set.
    """
    folders = [home.data, home.postgres, home.run]
    say("This throws away all data of the embedded stack:")
    for folder in (folder for folder in folders if folder.exists()):
        say(f"  {folder}")
    if not _agreed(environment):
        say("Nothing was thrown away.")
        return 1
    with one_at_a_time(home):
        with step("Stopping Signalbus and its servers"):
            stack.stop(home)
        _discard(home)
    say("Thrown away. `make up` starts anew.")
    return 0


def _discard(home: Home) -> None:
    shutil.rmtree(home.data, ignore_errors=True)
    shutil.rmtree(home.root_state if is_root() else home.postgres, ignore_errors=True)
    shutil.rmtree(home.run, ignore_errors=True)
    home.demo.unlink(missing_ok=True)


def _agreed(environment: Mapping[str, str]) -> bool:
    if environment.get("YES") == "1":
        return True
    if not sys.stdin.isatty():
        raise StackError("there is nobody to ask.", remedy="run YES=1 make reset")
    return input("Go on? [y/N] ").strip().lower() in ("y", "yes")
