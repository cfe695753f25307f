"""One who listens: what waits to be sent, and why it ended."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from delivery.live.feed import Page
from delivery.live.holders import Holder
from delivery.live.moves import beat
from delivery.live.queues import Queue
from delivery.live.wanted import Wanted
from tenants.identity import TenantIdentity

QUIET = 15.0  # seconds of silence after which a sign of life is sent
PATIENCE = 1.0  # seconds until the end is noticed by who waits for something else
STUCK = 30.0  # seconds that one text may take to leave


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose stream it is, what it is to tell, and after which id; None: from now on."""

    tenant: TenantIdentity
    holder: Holder
    wanted: Wanted
    after: int | None


class Listener:
    """For use by the loop alone. `cut` ends the connection at once, whatever is on its way."""

    def __init__(self, asked: Asked, cut: Callable[[], None]) -> None:
        self.asked = asked
        self.ended = ""  # why
        self.after = asked.after  # what it was given; None until its place is known
        self._cut = cut
        self._queue = Queue()
        self._changed = asyncio.Event()
        self._sent_at = time.monotonic()
        self._sending = False

    def offer(self, page: Page) -> None:
        """Have the events sent. Who does not read what waits is cut off."""
        text = page.text(self.asked.wanted, self.after or 0)
        self.after = max(self.after or 0, page.moves[-1].id)
        if text and not self._queue.add(text):
            self.cut("slow")
        self._changed.set()

    def look_after(self, now: float) -> None:
        """Send a sign of life where it was quiet for long, and cut off who does not read."""
        if self._sending and now - self._sent_at > STUCK:
            self.cut("slow")
        elif not self._sending and not self._queue and now - self._sent_at > QUIET:
            self._queue.add(beat(self.after))
            self._changed.set()

    def end(self, why: str) -> None:
        """End the stream; what waits is not sent any more, for the client comes back for it."""
        self.ended = self.ended or why
        self._queue.clear()
        self._changed.set()

    def cut(self, why: str) -> None:
        """End it without waiting for what is on its way."""
        self.end(why)
        self._cut()

    async def next(self) -> bytes | None:
        """The next text; None at the end."""
        while not self._queue and not self.ended:
            self._changed.clear()
            await self._changed.wait()
        return None if self.ended else self._queue.take()

    async def until(self, event: asyncio.Event) -> bool:
        """Wait for the event; whether it came before the end."""
        while not event.is_set() and not self.ended:
            with suppress(TimeoutError):
                await asyncio.wait_for(event.wait(), PATIENCE)
        return not self.ended

    def begin_sending(self) -> None:
        """A text is on its way."""
        self._sending, self._sent_at = True, time.monotonic()

    def end_sending(self) -> None:
        """The connection took it."""
        self._sending, self._sent_at = False, time.monotonic()
