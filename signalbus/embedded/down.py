"""`make down` and `make reset`."""

import os
import shutil
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
    """Throw the data of the embedded servers away, after asking; the rest of the home is kept.

    Raises:
        StackError: nobody can be asked and YES=1 is not set.
    """
    folders = [home.data, home.postgres, home.run]
    say("This throws away all data of the embedded stack:")
    for folder in (folder for folder in folders if folder.exists()):
        say(f"  {folder}")
    say(f"and {home.demo} with the demo's log-ins and API keys.")
    say(f"Kept in {home.root}: secrets.json, ports.json, log/ and cache/.")
    if not _agreed(environment):
        say("Nothing was thrown away.")
        return 0
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
    try:
        return input("Go on? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        say()
        raise StackError("there is nobody to ask.", remedy="run YES=1 make reset") from None
