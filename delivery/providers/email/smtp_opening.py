"""Opening a connection to an SMTP server: the dial, TLS, the greeting and the login."""

import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from typing import Any

from django.core.mail.utils import DNS_NAME

from signalbus.core.deadlines import Deadline
from signalbus.core.dialing import Dial, anywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to connect to and how; `tls` is none, starttls or tls, `timeout` seconds a step.

    `dial` makes the connection, and refuses where it must not lead.
    """

    host: str
    port: int
    dial: Dial
    tls: str
    context: ssl.SSLContext
    timeout: float
    helo: str = ""
    username: str = ""
    password: str = field(default="", repr=False)


def connected(target: Target, deadline: Deadline) -> smtplib.SMTP:
    """Greeted and logged in; `deadline` holds the connection from its first moment on."""
    server = _server(target, deadline)
    try:
        _introduce(server, target, deadline)
    except Exception:
        server.close()
        raise
    return server


class _Server(smtplib.SMTP):
    """Connected by `dial`; for TLS smtplib still knows the server by its name."""

    _dial: Dial = staticmethod(anywhere)
    _deadline: Deadline

    def __init__(
        self, *where: Any, dial: Dial | None = None, deadline: Deadline | None = None, **how: Any
    ) -> None:
        self._dial = dial or self._dial
        self._deadline = deadline or self._deadline
        super().__init__(*where, **how)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = self._dial(host, port, timeout)
        self._deadline.hold(connection)
        return connection


class _TlsServer(smtplib.SMTP_SSL, _Server):
    """TLS from the first byte on, over what `_Server` connects."""

    def __init__(self, *where: Any, dial: Dial, deadline: Deadline, **how: Any) -> None:
        self._dial, self._deadline = dial, deadline
        super().__init__(*where, **how)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = super()._get_socket(host, port, timeout)
        self._deadline.hold(connection)
        return connection


def _server(target: Target, deadline: Deadline) -> smtplib.SMTP:
    where = (target.host, target.port, target.helo or DNS_NAME.get_fqdn())
    how: dict[str, Any] = {"timeout": target.timeout, "dial": target.dial, "deadline": deadline}
    if target.tls == "tls":
        return _TlsServer(*where, **how, context=target.context)
    return _Server(*where, **how)


def _introduce(server: smtplib.SMTP, target: Target, deadline: Deadline) -> None:
    if target.tls == "starttls":
        server.starttls(context=target.context)
        deadline.hold(server.sock)
    if target.username:
        server.login(target.username, target.password)
    server.ehlo_or_helo_if_needed()
