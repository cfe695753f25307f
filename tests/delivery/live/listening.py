"""One who listens to the live stream, over a socket."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import urlencode

_open: "list[Stream]" = []


def close_all() -> None:
    """Hang up all of them."""
    while _open:
        _open.pop().close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event, with the last id that it leaves."""

    name: str
    id: int
    data: dict[str, Any]


class Stream:
    """A request for the stream, and what comes of it. `last_id` is as an EventSource keeps it."""

    def __init__(
        self,
        port: int,
        key: str | None,
        *,
        last_id: int | str | None = None,
        path: str = "/api/v1/stream",
        headers: dict[str, str] | None = None,
        receive_buffer: int | None = None,
        **query: str,
    ) -> None:
        sent = {"Host": "localhost", **(headers or {})}
        if key:
            sent["Authorization"] = f"Bearer {key}"
        if last_id is not None:
            sent["Last-Event-ID"] = str(last_id)
        self.last_id = int(last_id) if isinstance(last_id, int) else None
        self._socket = socket.socket()
        _open.append(self)
        if receive_buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.settimeout(20)
        self._socket.connect(("127.0.0.1", port))
        address = path + (("&" if "?" in path else "?") + urlencode(query) if query else "")
        lines = [f"GET {address} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self._file = self._socket.makefile("rb")
        self.status = int(self._file.readline().split()[1])
        self.headers = dict(self._headers())
        self._lines: Iterator[bytes] = self._read()

    def open(self) -> "Stream":
        """Wait for the beginning: from now on every change is told."""
        assert self.status == 200, self.body()
        begun = next(line for line in self._lines if line.startswith(b"id: "))
        if self.last_id is None:
            self.last_id = int(begun[4:])
        self._lines = chain([begun], self._lines)
        return self

    def body(self) -> Any:
        """The JSON of what is no stream."""
        return json.loads(self._file.read(int(self.headers["content-length"])))

    def events(self, count: int) -> list[Event]:
        """The next so many events."""
        found = self._events()
        return [next(found) for _ in range(count)]

    def silence(self, seconds: float = 1.0) -> list[Event]:
        """The events of so many seconds, in which there ought to be none."""
        found = []
        self._socket.settimeout(seconds)
        try:
            found += list(self._events())
        except TimeoutError:
            self._file = self._socket.makefile("rb")  # one that timed out is of no use any more
            self._lines = self._read()
        self._socket.settimeout(20)
        return found

    def rest_of_a_dead_one(self) -> list[Event]:
        """All whole events that came before the connection was lost."""
        found = []
        with suppress(ConnectionError, ValueError):
            for event in self._events():
                found.append(event)  # noqa: PERF402 - those before an error count
        return found

    def ends_within(self, seconds: float) -> bool:
        """Whether the server ends it in that time."""
        ends = time.monotonic() + seconds
        self._socket.settimeout(seconds)
        try:
            while time.monotonic() < ends:
                if not self._file.readline():
                    return True
        except TimeoutError:
            return False
        except ConnectionError:
            return True
        return False

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()

    def _headers(self) -> Iterator[tuple[str, str]]:
        while line := self._file.readline().strip().decode():
            name, _, value = line.partition(":")
            yield name.lower(), value.strip()

    def _events(self) -> Iterator[Event]:
        """An id counts once its event is whole, as in a browser."""
        found: dict[str, str] = {}
        for line in self._lines:
            name, _, value = line.decode().partition(": ")
            if line:
                found[name] = value
                continue
            self.last_id = int(found.get("id", self.last_id or 0))
            if "event" in found:
                yield Event(name=found["event"], id=self.last_id, data=json.loads(found["data"]))
            found = {}

    def _read(self) -> Iterator[bytes]:
        """Lines of the stream, out of their chunks, which end where lines do."""
        while size := int(self._file.readline().strip() or b"0", 16):
            yield from self._file.read(size + 2)[:-2].split(b"\n")[:-1]
