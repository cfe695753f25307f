"""Where messages arrive: a real SMTP server, and an HTTP server shaped like Twilio's API."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiosmtpd.controller import Controller
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.ports import free_port


class Mailbox:
    """Keeps what it was sent; refuses the first `busy` messages with 451."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refused_ids: list[str] = []
        self.busy = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        if self.busy:
            self.busy -= 1
            self.refused_ids.append(str(message["Message-ID"]))
            return "451 4.3.0 Come back later"
        self.messages.append(message)
        self.recipients += envelope.rcpt_tos
        return "250 2.0.0 OK"


@contextmanager
def mail_server() -> Iterator[tuple[Mailbox, int]]:
    """A mailbox and the port of its SMTP server."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield box, controller.port
    finally:
        controller.stop()


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    """A mailbox and the port of its SMTP server, for one test."""
    with mail_server() as found:
        yield found


@pytest.fixture
def twilio(httpserver: HTTPServer) -> tuple[list[tuple[Request, dict[str, str]]], str]:
    """What the stub of Twilio's Messages resource was sent, and its base address."""
    taken: list[tuple[Request, dict[str, str]]] = []

    def answer(request: Request) -> Response:
        form = {
            name: values[0] for name, values in parse_qs(request.get_data(as_text=True)).items()
        }
        taken.append((request, form))
        body = {
            "sid": f"SM{len(taken):032d}",
            "status": "queued",
            "error_code": None,
            "error_message": None,
            "to": form.get("To"),
            "from": form.get("From"),
            "body": form.get("Body"),
            "num_segments": "1",
            "direction": "outbound-api",
        }
        return Response(json.dumps(body), 201, content_type="application/json")

    path = "/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json"
    httpserver.expect_request(path, method="POST").respond_with_handler(answer)
    return taken, httpserver.url_for("").rstrip("/")
