"""What waits to be sent to one listener. Pure.

It is bounded, so that one who does not read harms nobody.
"""

from collections import deque

MOST = 1024 * 1024  # bytes that wait: some 3,000 events


class Queue:
    """Texts in their order."""

    def __init__(self, most: int = MOST) -> None:
        self._texts: deque[bytes] = deque()
        self._most = most
        self._size = 0

    def __bool__(self) -> bool:
        return bool(self._texts)

    def add(self, text: bytes) -> bool:
        """Whether there was room for it."""
        if self._texts and self._size + len(text) > self._most:
            return False
        self._texts.append(text)
        self._size += len(text)
        return True

    def take(self) -> bytes:
        """The first. Raises IndexError where there is none."""
        text = self._texts.popleft()
        self._size -= len(text)
        return text

    def clear(self) -> None:
        """Forget what waits."""
        self._texts.clear()
        self._size = 0
