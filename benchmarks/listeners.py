"""Clients of the live stream, many in one loop: each keeps what it heard, and comes back."""

import asyncio
import random
import time
from collections.abc import Sequence
from datetime import datetime

DELIVERY = b"event: delivery"
AT = b'"at":"'
AGAIN = (1.0, 2.0)  # seconds until a lost stream is opened anew


class Listener(asyncio.Protocol):
    """One client: `ids` are those of its events, `delays` the seconds that each took.

    It asks by HTTP 1.0, so that the answer comes as it is, without chunks around it.
    """

    def __init__(self, ports: Sequence[int], key: str, *, reads: bool = True) -> None:
        self.ports, self.key, self.reads = list(ports), key, reads
        self.ids: list[int] = []
        self.delays: list[float] = []
        self.begun: int | None = None
        self.last: int | None = None
        self.resets = self.losses = 0
        self.ready = asyncio.Event()
        self.closing = False

    async def open(self) -> None:
        """Ask for the stream, from the last id on."""
        loop = asyncio.get_running_loop()
        self._rest, self._has_headers = b"", False
        while True:
            try:
                await loop.create_connection(lambda: self, "127.0.0.1", self.ports[0])
            except OSError:
                await self._move_on()
            else:
                return

    def close(self) -> None:
        """Hang up for good."""
        self.closing = True
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        resumed = "" if self.last is None else f"Last-Event-ID: {self.last}\r\n"
        asked = f"GET /api/v1/stream HTTP/1.0\r\nAuthorization: Bearer {self.key}\r\n{resumed}\r\n"
        transport.write(asked.encode())

    def connection_lost(self, _error: Exception | None) -> None:
        self.losses += 1
        if not self.closing:
            self._returning = asyncio.ensure_future(self._return())

    def data_received(self, data: bytes) -> None:
        *blocks, self._rest = (self._rest + data).split(b"\n\n")
        now = time.time()
        for block in blocks:
            self._take(block, now)

    async def _return(self) -> None:
        await self._move_on()
        await self.open()

    async def _move_on(self) -> None:
        """To the next process, as a balancer would do."""
        self.ports.append(self.ports.pop(0))
        await asyncio.sleep(random.uniform(*AGAIN))

    def _take(self, block: bytes, now: float) -> None:
        if not self._has_headers:
            block = self._headers(block)
        if DELIVERY in block:
            self._hear(block, now)
        elif b"id: " in block:
            self._place(block)

    def _headers(self, block: bytes) -> bytes:
        head, _, rest = block.partition(b"\r\n\r\n")
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise RuntimeError(f"The stream was refused: {head!r}")
        self._has_headers = True
        return rest

    def _hear(self, block: bytes, now: float) -> None:
        self.last = int(block[4 : block.index(b"\n")])
        self.ids.append(self.last)
        at = block[block.rindex(AT) + len(AT) : -2]
        self.delays.append(now - datetime.fromisoformat(at.decode()).timestamp())

    def _place(self, block: bytes) -> None:
        self.resets += b"event: reset" in block
        line = next(line for line in block.split(b"\n") if line.startswith(b"id: "))
        self.last = int(line[4:])
        if self.begun is None:
            self.begun = self.last
        self.ready.set()
        if not self.reads:
            self._transport.pause_reading()

    def read_again(self) -> None:
        """From now on it reads what comes, as any other."""
        self.reads = True
        self._transport.resume_reading()
