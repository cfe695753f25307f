"""Hints over Redis that something is due, so that relays need not wait for their next look.

A hint may be lost (Redis is away, the process ends): the relay's own look each second makes up.
"""

import atexit
import os
import threading
import time
from contextlib import suppress
from functools import lru_cache

from django.conf import settings
from redis.client import PubSub

from signalbus.core.redis_pool import FAILURES, PAUSE_SECONDS, client

GATHER_SECONDS = 0.002  # hints of this span become one message: load is 500 messages/s at most
FLUSH_SECONDS = 0.2  # what an ending process gives its last hint
RENEW_SECONDS = 60.0  # a subscription whose peer vanished without a word is noticed no other way


def hint(stream: str) -> None:
    """Tell the relays that the stream has something due. Costs microseconds and never raises."""
    if settings.REDIS_URL:
        _hinter(os.getpid()).add(stream)


@lru_cache(maxsize=1)
def _hinter(_: int) -> "_Hinter":
    """The process's own hinter: a fork keeps the memory but not the thread."""
    return _Hinter()


def _channel() -> str:
    return f"{settings.INSTALLATION}.due"


class _Hinter:
    """Publishes on a thread of its own, so that no request waits for Redis."""

    def __init__(self) -> None:
        self._streams: set[str] = set()
        self._asked = threading.Event()
        self._idle = threading.Event()
        threading.Thread(target=self._run, name="hints", daemon=True).start()
        atexit.register(self.flush)

    def add(self, stream: str) -> None:
        self._idle.clear()
        self._streams.add(stream)
        self._asked.set()

    def flush(self, seconds: float = FLUSH_SECONDS) -> None:
        """Wait a moment for the last hint to leave."""
        if self._streams:
            self._idle.wait(seconds)

    def _run(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            time.sleep(GATHER_SECONDS if self._publish() else PAUSE_SECONDS)

    def _publish(self) -> bool:
        """Whether Redis took what was gathered; what it did not take stays."""
        streams = self._streams.copy()
        self._streams -= streams
        try:
            connection = client()
            if connection is not None and streams:
                connection.publish(_channel(), " ".join(streams))
        except FAILURES:
            self._streams |= streams
            self._asked.set()
            return False
        self._idle.set()
        return True


class HintListener:
    """Waits for hints; without Redis it only waits. For use by one thread."""

    def __init__(self) -> None:
        self._subscription: PubSub | None = None
        self._next_try = 0.0
        self._renew_at = 0.0

    def wait(self, timeout: float) -> None:
        """Return upon a hint given since the last call, or after `timeout` seconds."""
        until = time.monotonic() + timeout
        if not self._heard(timeout) and (left := until - time.monotonic()) > 0:
            time.sleep(left)

    def close(self) -> None:
        """Leave the subscription."""
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            with suppress(*FAILURES):
                subscription.close()

    def _heard(self, timeout: float) -> bool:
        """Whether a hint came, or the time passed in waiting for one."""
        try:
            subscription = self._subscribed()
            return subscription is not None and _take_all(subscription, timeout)
        except FAILURES:
            self._next_try = time.monotonic() + PAUSE_SECONDS
            self.close()
            return False

    def _subscribed(self) -> PubSub | None:
        now = time.monotonic()
        if now >= self._renew_at:
            self.close()
        connection = client()
        if self._subscription is None and now >= self._next_try and connection is not None:
            self._subscription = PubSub(connection.connection_pool, ignore_subscribe_messages=True)
            self._subscription.subscribe(_channel())
            self._renew_at = now + RENEW_SECONDS
        return self._subscription


def _take_all(subscription: PubSub, timeout: float) -> bool:
    """Wait for the first hint and drop those behind it, since one look at the outbox serves all."""
    until = time.monotonic() + timeout
    heard = False
    while not heard and (left := until - time.monotonic()) > 0:
        heard = subscription.get_message(timeout=left) is not None
    while heard and subscription.get_message(timeout=0) is not None:
        continue
    return True
