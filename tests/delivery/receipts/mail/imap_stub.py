"""A small IMAP server: one mailbox, and what is needed to read it."""

import base64
import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

LITERAL = "FLAGS (\\Recent) BODY[]<0> {{{}}}"


@dataclass
class Kept:
    """A message, and what was done to it."""

    content: bytes
    flags: set[str] = field(default_factory=set)


@dataclass
class ImapStub:
    """`refuse` are commands that it says NO to; after `dies_after` it hangs up."""

    port: int = 0
    password: str = "secret"
    folder: str = "INBOX"
    capabilities: str = "IMAP4rev1 UIDPLUS"
    messages: dict[int, Kept] = field(default_factory=dict)
    refuse: set[str] = field(default_factory=set)
    dies_after: str = ""
    sessions: int = 0

    def put(self, content: bytes) -> None:
        self.messages[len(self.messages) + 1] = Kept(content)

    @property
    def unseen(self) -> list[int]:
        return [uid for uid, kept in self.messages.items() if "\\Seen" not in kept.flags]


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    stub: ImapStub
    context: ssl.SSLContext | None = None

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        if self.context is not None:
            connection.settimeout(5)
            connection = self.context.wrap_socket(connection, server_side=True)
        return connection, address


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    server: Server
    timeout = 10

    def handle(self) -> None:
        self.stub = self.server.stub
        self.stub.sessions += 1
        self._say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _, rest = line.partition(" ")
            verb = (rest.removeprefix("UID ").split() or [""])[0].upper()
            if verb == self.stub.dies_after:
                return
            if verb in self.stub.refuse:
                self._say(f"{tag} NO {verb} is not possible now")
                continue
            getattr(self, f"_{verb.lower()}")(tag, rest)
            if verb == "LOGOUT":
                return

    def _say(self, line: str | bytes) -> None:
        self.wfile.write((line if isinstance(line, bytes) else line.encode()) + b"\r\n")

    def _capability(self, tag: str, rest: str) -> None:
        self._say(f"* CAPABILITY {self.stub.capabilities}")
        self._say(f"{tag} OK done")

    def _login(self, tag: str, rest: str) -> None:
        good = rest.endswith(f'"{self.stub.password}"')
        self._say(f"{tag} {'OK in' if good else 'NO [AUTHENTICATIONFAILED] wrong password'}")

    def _authenticate(self, tag: str, rest: str) -> None:
        self._say("+ ")
        secret = base64.b64decode(self.rfile.readline()).decode()
        good = secret.endswith(f"\0{self.stub.password}")
        self._say(f"{tag} {'OK in' if good else 'NO wrong password'}")

    def _select(self, tag: str, rest: str) -> None:
        good = rest == f'SELECT "{self.stub.folder}"'
        self._say(f"* {len(self.stub.messages)} EXISTS")
        self._say(f"{tag} {'OK' if good else 'NO no such folder'} selected")

    def _search(self, tag: str, rest: str) -> None:
        self._say("* SEARCH " + " ".join(map(str, self.stub.unseen)))
        self._say(f"{tag} OK done")

    def _fetch(self, tag: str, rest: str) -> None:
        uid, most = map(int, re.findall(r"FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", rest)[0])
        content = self.stub.messages[uid].content[:most]
        self._say(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(content)}}}")
        self._say(content + b")")
        self._say(f"{tag} OK done")

    def _store(self, tag: str, rest: str) -> None:
        _, uids, _, flags = rest.removeprefix("UID ").split(" ", 3)
        for uid in uids.split(","):
            self.stub.messages[int(uid)].flags |= set(flags.strip("()").split())
        self._say(f"{tag} OK done")

    def _expunge(self, tag: str, rest: str) -> None:
        gone = [uid for uid, kept in self.stub.messages.items() if "\\Deleted" in kept.flags]
        for uid in gone:
            del self.stub.messages[uid]
        self._say(f"{tag} OK done")

    def _logout(self, tag: str, rest: str) -> None:
        self._say("* BYE")
        self._say(f"{tag} OK done")


@contextmanager
def imap_stub(context: ssl.SSLContext | None = None) -> Iterator[ImapStub]:
    """A server on a port that the system picks; with a context it speaks TLS."""
    with Server(("127.0.0.1", 0), Session) as server:
        server.context = context
        server.stub = ImapStub(port=server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server.stub
        server.shutdown()
        thread.join()
