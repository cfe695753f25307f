"""All listeners of a process, and the feeds they listen to: those of tenants with listeners alone.

All state is the loop's. What asks the database is done by threads, bounded in number: one looks for
what is new, for all tenants in one round trip; some answer those who come.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import ParamSpec, TypeVar

from django.db import Error

from delivery.live import holders, reading
from delivery.live.feed import Feed
from delivery.live.listener import Asked, Listener
from signalbus.api.problems import Problem
from signalbus.core.logs import get_logger
from signalbus.core.metrics import STREAM_ENDS, STREAM_LISTENERS

DOORS = 4  # threads for those who come
WATCH = 2.0  # seconds between two looks at the listeners themselves
AWAY = 1.0  # seconds until a database that failed is asked again
RETRY_AFTER = {"Retry-After": "10"}

P = ParamSpec("P")
T = TypeVar("T")
log = get_logger(__name__)


class Hub:
    """Lets listeners `enter` and `leave`; looks for moves as long as there are any."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self.feeds: dict[str, Feed] = {}
        self._open: Counter[str] = Counter()
        self._looking: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._is_away = False
        self._doors = ThreadPoolExecutor(DOORS, "live-door")
        self._reader = ThreadPoolExecutor(1, "live-reader")

    async def at_door(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Have one of the threads do it that answer those who come."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._doors, lambda: reading.fresh(work, *args, **kwargs))

    def enter(self, asked: Asked, cut: Callable[[], None]) -> Listener:
        """One more listener. Raises Problem where the tenant has as many as it may."""
        schema, most = asked.tenant.schema, asked.tenant.limits.streams
        if most is not None and self._open[schema] >= most:
            detail = f"The tenant has {most} live streams open here, and may not have more."
            raise Problem("too-many-streams", detail, headers=RETRY_AFTER)
        listener = Listener(asked, cut)
        self.listeners.add(listener)
        self._open[schema] += 1
        STREAM_LISTENERS.set(len(self.listeners))
        self._begin(schema)
        return listener

    def feed_of(self, listener: Listener) -> Feed:
        """What the listener listens to."""
        return self.feeds[listener.asked.tenant.schema]

    def leave(self, listener: Listener) -> None:
        """The listener's stream is over."""
        schema = listener.asked.tenant.schema
        self.listeners.discard(listener)
        self.feeds[schema].followers.discard(listener)
        self._open[schema] -= 1
        if not self._open[schema]:
            del self._open[schema], self.feeds[schema]
        STREAM_LISTENERS.set(len(self.listeners))
        STREAM_ENDS.labels(listener.ended or "failed").inc()

    def end(self, why: str) -> None:
        """End all streams."""
        for listener in tuple(self.listeners):
            listener.end(why)

    def cut(self, why: str) -> None:
        """End what is left of them, without waiting for anything."""
        for listener in tuple(self.listeners):
            listener.cut(why)

    def _begin(self, schema: str) -> None:
        if schema not in self.feeds:
            self.feeds[schema] = Feed(schema)
            self._wake.set()
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())

    async def _look(self) -> None:
        """Ask for what is new as long as there is a feed; then let the connection go."""
        while self.feeds:
            while self.feeds:
                begun = time.monotonic()
                delay = await self._look_once(list(self.feeds.values()))
                await self._pause(delay - (time.monotonic() - begun))
            await self._in_reader(reading.rest)

    async def _look_once(self, feeds: Sequence[Feed]) -> float:
        """Seconds until the next look. Who comes back goes on after the last id that it has."""
        try:
            await self._ask(feeds)
        except Error as error:
            if not self._is_away:
                log.warning("live.database_away", error=str(error))
            self._is_away = True
            return AWAY
        except Exception:
            log.exception("live.failed")
            self.end("failed")
            return AWAY
        self._is_away = False
        return min(feed.delay for feed in feeds)

    async def _ask(self, feeds: Sequence[Feed]) -> None:
        questions = [feed.question() for feed in feeds]
        answers = await self._in_reader(reading.fresh, reading.ask, questions)
        for feed, answer in zip(feeds, answers, strict=True):
            if isinstance(answer, Exception):
                log.error("live.feed_failed", schema=feed.schema, exc_info=answer)
                self._end_of(feed.schema)
            else:
                feed.take(answer)

    def _end_of(self, schema: str) -> None:
        for listener in tuple(self.listeners):
            if listener.asked.tenant.schema == schema:
                listener.end("failed")

    async def _in_reader(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reader, lambda: work(*args, **kwargs))

    async def _pause(self, seconds: float) -> None:
        """Wait, unless a feed has come that is to begin at once."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), max(0.0, seconds))
        self._wake.clear()

    async def _watch(self) -> None:
        """See to it that everybody reads, hears something, and may still listen."""
        while self.listeners:
            await asyncio.sleep(WATCH)
            now = time.monotonic()
            for listener in tuple(self.listeners):
                listener.look_after(now)
            present = {listener.asked.holder for listener in self.listeners}
            try:
                refused = await self.at_door(holders.refused, present)
            except Error:
                continue
            for listener in tuple(self.listeners):
                if why := refused.get(listener.asked.holder):
                    listener.end(why)
