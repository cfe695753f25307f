"""The HTTP server of `run_stream`: uvicorn, made to sleep until somebody comes.

uvicorn's own loop wakes ten times a second; this one waits for its signal. Each connection has
small buffers, gets ten seconds for its request, and can be cut off whatever is on its way.
"""

import asyncio
import resource
import socket
from collections.abc import Awaitable, Callable
from types import FrameType
from typing import Any

from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

TRANSPORT = "transport"  # in the scope's state: the connection itself
REQUEST_SECONDS = 10.0
BUFFER = 64 * 1024  # bytes of a connection, in this process and again in the kernel
DEAD_MILLISECONDS = 30_000  # after which the kernel gives up a peer that acknowledges nothing
END_SECONDS = 3  # what connections get to end by themselves
FILES = 65_536  # each stream is an open file

Stop = Callable[[], Awaitable[None]]


class StreamProtocol(H11Protocol):
    """A connection."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}
        transport.set_write_buffer_limits(high=BUFFER)
        _limit(transport.get_extra_info("socket"))
        self._impatient = self.loop.call_later(REQUEST_SECONDS, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self._impatient.cancel()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        if self.cycle is None:
            self.transport.abort()


class StreamServer(Server):
    """Serves until a signal; `stop` then ends what is open."""

    def __init__(self, app: Any, host: str, port: int, stop: Stop) -> None:
        super().__init__(
            Config(
                app,
                host=host,
                port=port,
                loop="asyncio",
                http=StreamProtocol,
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=END_SECONDS,
            )
        )
        self._stop = stop
        self._told = asyncio.Event()

    def run_until_told(self) -> None:
        """Serve. Raises OSError where the port is taken."""
        _allow_files()
        asyncio.run(self._serve_on(_listening(self.config.host, self.config.port)))

    async def _serve_on(self, listening: socket.socket) -> None:
        self._loop = asyncio.get_running_loop()
        await self.serve(sockets=[listening])

    async def main_loop(self) -> None:
        await self._told.wait()
        for server in self.servers:
            server.close()
        await self._stop()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self._loop.call_soon_threadsafe(self._told.set)


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


def _limit(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_MILLISECONDS)


def _allow_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
