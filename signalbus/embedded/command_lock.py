"""Only one command at a time changes what runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from signalbus.embedded.errors import StackError
from signalbus.embedded.files import exclusive
from signalbus.embedded.paths import Home


@contextmanager
def one_at_a_time(home: Home) -> Iterator[None]:
    """Hold the lock of the commands that change what runs.

    Raises:
        StackError: another such command is at work.
    """
    with exclusive(home.root / "command.lock") as alone:
        if not alone:
            raise StackError(
                f"another `make up`, `down` or `reset` is at work on {home.root}.",
                remedy="wait until it is done, then run the command again",
            )
        yield
