"""Providers that answer after a pause: one SMTP server, one Twilio-shaped HTTP server.

`python -m benchmarks.stubs` serves both and prints their ports; it counts what it took and says so
at `GET /count` of the HTTP port. Written on bare asyncio, so that they cost little beside what is
measured. An HTTP path that begins with a number, such as `/10000/messages`, has the answer take so
many milliseconds instead. After `GET /break/NAME` whatever is posted to a path that begins with
that name is answered by 503 at once, until `GET /heal/NAME`.
"""

import asyncio
import json
from collections import Counter

PAUSE = 0.05  # seconds, once a message
taken = 0
by_pause: Counter[str] = Counter()  # messages by what their path begins with
refused: Counter[str] = Counter()  # likewise, those that were answered by 503
broken: set[str] = set()


class Smtp(asyncio.Protocol):
    """Takes every message; the pause comes after the end of DATA."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.buffer = b""
        self.in_data = False
        self.transport.write(b"220 stub ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self._step():
            pass

    def _step(self) -> bool:
        if self.in_data:
            return self._end_of_data()
        line, found, rest = self.buffer.partition(b"\r\n")
        if found:
            self.buffer = rest
            self._command(line[:4].upper())
        return bool(found)

    def _end_of_data(self) -> bool:
        _, found, rest = self.buffer.partition(b"\r\n.\r\n")
        if found:
            self.buffer, self.in_data = rest, False
            asyncio.get_running_loop().call_later(PAUSE, self._taken)
        return bool(found)

    def _taken(self) -> None:
        global taken
        taken += 1
        self.transport.write(b"250 2.0.0 queued\r\n")

    def _command(self, verb: bytes) -> None:
        if verb == b"DATA":
            self.in_data = True
            self.transport.write(b"354 go on\r\n")
        elif verb == b"EHLO":
            self.transport.write(b"250-stub\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES\r\n")
        elif verb == b"QUIT":
            self.transport.write(b"221 bye\r\n")
            self.transport.close()
        else:
            self.transport.write(b"250 2.0.0 ok\r\n")


class Twilio(asyncio.Protocol):
    """Answers each POST as Twilio does when it has queued a message."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, found, body = self.buffer.partition(b"\r\n\r\n")
        length = _content_length(head)
        if found and len(body) >= length:
            self.buffer = body[length:]
            named, _, rest = head.split(b" ")[1].decode().strip("/").partition("/")
            if head.startswith(b"POST"):
                self._posted(named)
            else:
                self._asked(named, rest)

    def _posted(self, named: str) -> None:
        if named in broken:
            refused[named] += 1
            self._answer(b"503 SERVICE UNAVAILABLE", {"message": "Broken."})
        else:
            pause = int(named) / 1000 if named.isdecimal() else PAUSE
            asyncio.get_running_loop().call_later(pause, self._taken, named)

    def _asked(self, what: str, name: str) -> None:
        if what == "break":
            broken.add(name)
        elif what == "heal":
            broken.discard(name)
        counted = {"taken": taken, "by_pause": dict(by_pause), "refused": dict(refused)}
        self._answer(b"200 OK", counted)

    def _taken(self, named: str) -> None:
        global taken
        taken += 1
        by_pause[named] += 1
        self._answer(
            b"201 CREATED",
            {
                "sid": f"SM{taken:032x}",
                "status": "queued",
                "error_code": None,
                "to": "",
                "body": "",
            },
        )

    def _answer(self, status: bytes, body: dict[str, object]) -> None:
        text = json.dumps(body).encode()
        self.transport.write(
            b"HTTP/1.1 "
            + status
            + b"\r\nContent-Type: application/json\r\nContent-Length: "
            + str(len(text)).encode()
            + b"\r\n\r\n"
            + text
        )


def _content_length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


async def serve() -> None:
    """Listen on free ports of the loopback address and print them as JSON."""
    loop = asyncio.get_running_loop()
    smtp = await loop.create_server(Smtp, "127.0.0.1", 0, backlog=1024)
    http = await loop.create_server(Twilio, "127.0.0.1", 0, backlog=1024)
    ports = {"smtp": smtp.sockets[0].getsockname()[1], "http": http.sockets[0].getsockname()[1]}
    print(json.dumps(ports), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())
