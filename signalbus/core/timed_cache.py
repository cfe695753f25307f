"""Values kept in process for a few seconds, so that a hot path asks the database seldom."""

import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


_all: "weakref.WeakSet[TimedCache[Any, Any]]" = weakref.WeakSet()


def clear_all() -> None:
    """Drop all values of all caches of this process, such as between two tests."""
    for cache in list(_all):
        cache.clear()


class TimedCache(Generic[Key, Value]):
    """At most `size` values, each for `seconds`; the one used longest ago makes room.

    Two threads that miss at once both make the value; that is cheaper than a lock around it.
    """

    def __init__(self, *, seconds: float, size: int) -> None:
        self._seconds = seconds
        self._size = size
        self._kept: OrderedDict[Key, tuple[float, Value]] = OrderedDict()
        self._lock = threading.Lock()
        _all.add(self)

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The kept value, or a new one from `make`; what `make` raises is not kept."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None and found[0] > time.monotonic():
                self._kept.move_to_end(key)
                return found[1]
        value = make()
        self.put(key, value)
        return value

    def put(self, key: Key, value: Value) -> None:
        """Keep a value from now on."""
        with self._lock:
            self._kept[key] = (time.monotonic() + self._seconds, value)
            self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def peek(self, key: Key) -> Value | None:
        """The kept value if it is still fresh."""
        with self._lock:
            found = self._kept.get(key)
            return found[1] if found is not None and found[0] > time.monotonic() else None

    def forget(self, key: Key) -> None:
        """Drop one value."""
        with self._lock:
            self._kept.pop(key, None)

    def clear(self) -> None:
        """Drop all values."""
        with self._lock:
            self._kept.clear()
