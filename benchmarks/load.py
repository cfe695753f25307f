"""A lean HTTP load generator: kept connections, one request at a time on each."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Load:
    """What a run of requests came to."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds that this share of the requests stayed below."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000 if ordered else 0.0


def request_bytes(path: str, body: bytes, key: str, **headers: str) -> bytes:
    """A whole POST request as it goes over the wire."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {key}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def run(port: int, connections: int, seconds: float, make: Callable[[int], bytes]) -> Load:
    """Send `make(n)` over so many connections until the time is over."""
    return asyncio.run(_run(port, connections, seconds, make))


async def _run(port: int, connections: int, seconds: float, make: Callable[[int], bytes]) -> Load:
    load = Load()
    numbers = iter(range(1_000_000_000))
    begun = time.perf_counter()
    ends = begun + seconds
    await asyncio.gather(
        *(_client(port, ends, lambda: make(next(numbers)), load) for _ in range(connections))
    )
    load.seconds = time.perf_counter() - begun
    return load


async def _client(port: int, ends: float, make: Callable[[], bytes], load: Load) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < ends:
        begun = time.perf_counter()
        writer.write(make())
        status = await _read_answer(reader)
        load.latencies.append(time.perf_counter() - begun)
        load.statuses[status] = load.statuses.get(status, 0) + 1
    writer.close()


async def _read_answer(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = head.lower().split(b"content-length:")[1].split(b"\r\n")[0]
    await reader.readexactly(int(length))
    return int(head[9:12])
