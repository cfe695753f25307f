"""Lets signal handlers and threads wake a waiting loop, with no lock to dead-lock on."""

import os
import select
import signal


class Waker:
    """A pipe to itself: whatever is written into it ends the wait."""

    def __init__(self) -> None:
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        os.set_blocking(self._writing, False)

    def listen_to_signals(self) -> None:
        """Let every handled signal end the wait; main thread only."""
        signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)

    def wake(self) -> None:
        """End the wait that is under way, or else the next one."""
        try:
            os.write(self._writing, b"w")
        except BlockingIOError:
            return  # the pipe is full of reasons to wake already

    def wait(self, seconds: float) -> None:
        """Wait for a reason to wake, at most for the seconds given."""
        ready, _, _ = select.select([self._reading], [], [], seconds)
        if ready:
            os.read(self._reading, 4096)
