"""Providers to talk to: an HTTP and an SMTP server that do as they are told, also badly."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from tests.payloads import Payload


class Deed(StrEnum):
    """What a server does in place of answering, once it has the whole request."""

    HANG_UP = "hang up"
    SAY_NOTHING = "say nothing"


@dataclass
class Taken:
    """A request as it arrived; the names of its headers in title case."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class HttpStub:
    """`plan` is what it answers everything with."""

    url: str = ""
    plan: Payload | Deed = field(default_factory=Payload)
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    closing: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    """Answers by the plan of its server's stub."""

    protocol_version = "HTTP/1.1"
    timeout = 10
    server: "Server"

    def setup(self) -> None:
        self.server.stub.connections += 1
        super().setup()

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        stub = self.server.stub
        headers = {name.title(): value for name, value in self.headers.items()}
        stub.taken.append(Taken(self.command, self.path, headers, body))
        if isinstance(stub.plan, Deed):
            self._misbehave(stub.plan)
        else:
            self._answer(stub.plan)

    def do_GET(self) -> None:
        self.do_POST()

    def _answer(self, payload: Payload) -> None:
        self.send_response(payload.status)
        self.send_header("Content-Length", str(len(payload.raw)))
        for name, value in {"Content-Type": "application/json", **payload.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(payload.raw)

    def _misbehave(self, deed: Deed) -> None:
        if deed is Deed.SAY_NOTHING:
            self.server.stub.closing.wait(5)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


class Server(ThreadingHTTPServer):
    """Takes as many connections at once as a test opens, and ends without waiting for them."""

    request_queue_size = 128
    block_on_close = False

    def __init__(self, stub: HttpStub) -> None:
        self.stub = stub
        super().__init__(("127.0.0.1", 0), Handler)
        stub.url = f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def http_stub() -> Iterator[HttpStub]:
    stub = HttpStub()
    server = Server(stub)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield stub
    stub.closing.set()
    server.shutdown()
    server.server_close()


@dataclass
class SmtpStub:
    """Answers of the steps by name, `250 OK` where nothing is said; a Deed is done after DATA."""

    port: int = 0
    mail: str = "250 OK"
    rcpt: str = "250 OK"
    data: str | Deed = "250 2.0.0 OK"
    password: bytes = b"secret"
    sessions: set[int] = field(default_factory=set)
    taken: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Any] = field(default_factory=list)
    capabilities: tuple[str, ...] = ()
    closing: threading.Event = field(default_factory=threading.Event)

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self.sessions.add(id(session))
        return [*[f"250-{name}" for name in self.capabilities], *responses]

    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.mail

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.rcpt.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.envelopes.append(envelope)
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        if self.data is Deed.HANG_UP:
            assert server.transport is not None
            server.transport.abort()
        if self.data is Deed.SAY_NOTHING:
            await server.loop.run_in_executor(None, self.closing.wait, 5)
        return str(self.data)

    def authenticate(
        self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        return AuthResult(success=data.password == self.password, handled=False)


class AnyPort(Controller):
    """A server on a port that the system picks."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def smtp_stub(**options: Any) -> Iterator[SmtpStub]:
    stub = SmtpStub()
    controller = AnyPort(
        stub,
        hostname="127.0.0.1",
        port=0,
        authenticator=stub.authenticate,
        auth_require_tls=False,
        enable_SMTPUTF8=True,
        **options,
    )
    controller.start()
    stub.port = controller.port
    yield stub
    stub.closing.set()
    controller.stop()
