"""One stream from its beginning to its end: what was missed, then what happens."""

import random
from collections.abc import Awaitable, Callable

from delivery.live import reading
from delivery.live.feed import Feed
from delivery.live.hub import Hub
from delivery.live.listener import Listener
from delivery.live.moves import beat, beginning, reset, told

RETRY = (1_000, 3_000)  # milliseconds, so that not all come back at once

Speak = Callable[[bytes], Awaitable[None]]


async def speak(hub: Hub, listener: Listener, speak: Speak) -> None:
    """Tell what the listener asked for, until it ends. Raises what the database does."""
    say = _noted(listener, speak)
    await say(beginning(random.randint(*RETRY)))  # noqa: S311 - no secret
    feed = hub.feed_of(listener)
    if await listener.until(feed.opened if listener.after is None else feed.settled):
        await _join(hub, feed, listener, say)
    while (text := await listener.next()) is not None:
        await say(text)


def _noted(listener: Listener, speak: Speak) -> Speak:
    """The same, so that the listener knows what is on its way."""

    async def say(text: bytes) -> None:
        listener.begin_sending()
        await speak(text)
        listener.end_sending()

    return say


async def _join(hub: Hub, feed: Feed, listener: Listener, say: Speak) -> None:
    """Begin to follow the feed, once the listener is where the feed is.

    Between the last look at the place and the joining nothing may be awaited.
    """
    if listener.after is None or not await _can_resume(hub, feed, listener, say):
        listener.after = feed.at
        feed.followers.add(listener)
        await say(reset(listener.after) if listener.asked.after is not None else beat(feed.at))
    else:
        feed.followers.add(listener)


async def _can_resume(hub: Hub, feed: Feed, listener: Listener, say: Speak) -> bool:
    """Tell what was missed, up to where the feed is; whether all of it was still there.

    Where another process was ahead of this one, there is nothing to tell yet.
    """
    while not listener.ended:
        assert listener.after is not None
        upto = feed.at
        former = await hub.at_door(
            reading.former, feed.schema, listener.asked.wanted, listener.after, upto
        )
        if not former.floor <= listener.after <= former.last:
            return False
        if former.moves:
            await say(told(former.moves))
        is_whole = len(former.moves) < reading.PAGE
        listener.after = max(listener.after, upto if is_whole else former.moves[-1].id)
        if listener.after >= feed.at:
            return True
    return True
