"""A mailbox, read over IMAP (RFC 3501)."""

import imaplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from delivery.providers.account import Account
from delivery.providers.email.smtp import tls_context
from delivery.providers.own_address import dial_of
from signalbus.core.addresses import AddressRefusedError
from signalbus.core.deadlines import Deadline
from signalbus.core.dialing import Dial

PORTS = {"none": 143, "starttls": 143, "tls": 993}
INBOX = "INBOX"
SECONDS = 10.0  # the server may be silent
LARGEST = 1024 * 1024  # bytes that are fetched of a message
ERRORS = (imaplib.IMAP4.error, OSError, AddressRefusedError)
"""What a server or the network does wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a mailbox is; `tls` is none, starttls or tls, and `dial` makes the connection."""

    host: str
    port: int
    dial: Dial
    tls: str
    verify: bool
    folder: str
    username: str
    password: str = field(repr=False)


def place_of(account: Account) -> Place:
    """The mailbox that the account's bounces come to."""
    options, secrets = account.options, account.credentials
    tls = options.get("imap_tls") or "tls"
    return Place(
        host=options["imap_host"],
        port=int(options.get("imap_port") or PORTS[tls]),
        dial=dial_of(account),
        tls=tls,
        verify=options.get("verify", True),
        folder=options.get("imap_folder") or INBOX,
        username=secrets.get("imap_username") or secrets.get("username") or "",
        password=secrets.get("imap_password") or secrets.get("password") or "",
    )


@contextmanager
def opened(place: Place, seconds: float) -> Iterator["Mailbox"]:
    """The mailbox for so long at most, however the server drags it out."""
    deadline = Deadline()
    with deadline.within(seconds, ERRORS), Mailbox(place, deadline) as mailbox:
        yield mailbox


class Mailbox:
    """Open, logged in, and in its folder, as a context. All of it raises one of ERRORS."""

    def __init__(self, place: Place, deadline: Deadline | None = None) -> None:
        self._server = _connected(place, deadline or Deadline())
        try:
            _log_in(self._server, place)
            _ok(self._server.select(_quoted(place.folder)))
        except BaseException:
            self._server.shutdown()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(*ERRORS):
            self._server.logout()

    def unseen(self) -> list[str]:
        """The ids of the messages that nobody has read, oldest first."""
        (found, *_) = _ok(self._server.uid("SEARCH", "UNSEEN"))
        return found.decode().split() if isinstance(found, bytes) else []

    def fetch(self, uid: str) -> bytes:
        """The beginning of a message, and all of it as a rule; it stays unread."""
        lines = _ok(self._server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LARGEST}>)"))
        return next((line[1] for line in lines if isinstance(line, tuple)), b"")

    def mark_seen(self, uids: Sequence[str]) -> None:
        """Do not find them again."""
        if uids:
            _ok(self._server.uid("STORE", ",".join(uids), "+FLAGS.SILENT", r"(\Seen)"))

    def flag(self, uids: Sequence[str]) -> None:
        """Let a person find them."""
        if uids:
            _ok(self._server.uid("STORE", ",".join(uids), "+FLAGS.SILENT", r"(\Flagged)"))

    def delete(self, uids: Sequence[str]) -> None:
        """Remove them for good."""
        if not uids:
            return
        _ok(self._server.uid("STORE", ",".join(uids), "+FLAGS.SILENT", r"(\Seen \Deleted)"))
        if "UIDPLUS" in self._server.capabilities:  # RFC 4315: these and no others
            _ok(self._server.uid("EXPUNGE", ",".join(uids)))
        else:
            _ok(self._server.expunge())


class _Server(imaplib.IMAP4):
    """Connected by the place's `dial`; with TLS from the first byte on where it says so."""

    def __init__(self, place: Place, context: ssl.SSLContext, deadline: Deadline) -> None:
        self._place, self._context, self._deadline = place, context, deadline
        super().__init__(place.host, place.port, timeout=SECONDS)

    def _create_socket(self, timeout: float) -> socket.socket:
        connection = self._place.dial(self.host, self.port, timeout)
        if self._place.tls == "tls":
            connection = self._context.wrap_socket(connection, server_hostname=self.host)
        self._deadline.hold(connection)
        return connection


def _connected(place: Place, deadline: Deadline) -> imaplib.IMAP4:
    context = tls_context(verify=place.verify)
    server = _Server(place, context, deadline)
    if place.tls == "starttls":
        try:
            server.starttls(context)
            deadline.hold(server.sock)
        except BaseException:
            server.shutdown()
            raise
    return server


def _log_in(server: imaplib.IMAP4, place: Place) -> None:
    """By SASL, which takes any character, where the server knows it."""
    if "AUTH=PLAIN" in server.capabilities:
        secret = f"\0{place.username}\0{place.password}".encode()
        _ok(server.authenticate("PLAIN", lambda _: secret))
    else:
        _ok(server.login(_quoted(place.username), place.password))


def _ok(answer: tuple[str, Any]) -> list[Any]:
    """The data of a good answer. Raises the server's words in place of a refusal."""
    kind, data = answer
    if kind != "OK":
        words = b" ".join(line for line in data if isinstance(line, bytes))
        raise imaplib.IMAP4.error(words.decode("utf-8", "replace"))
    return list(data)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
