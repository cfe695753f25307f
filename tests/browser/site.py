"""The consoles on a port: a real web process, the live stream, and a server for their mail."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.journeys.sinks import Mailbox, mail_server
from tests.ports import free_port
from tests.processes import Processes

PLATFORM = "localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where the consoles are, and the mail that they sent."""

    port: int
    mailbox: Mailbox

    def address(self, host: str) -> str:
        """The address of a host's console, without a path."""
        return f"http://{host}:{self.port}"


@contextmanager
def running(logs: Path) -> Iterator[Site]:
    """Processes over the test's database, ended at the end."""
    processes = Processes(logs)
    port, stream = free_port(), free_port()
    try:
        with mail_server() as (mailbox, smtp):
            processes.command("run_stream", "--port", str(stream))
            processes.web(
                port=port,
                SIGNALBUS_BASE_URL=f"http://{PLATFORM}:{port}",
                SIGNALBUS_STREAM_URL=f"http://{PLATFORM}:{stream}",
                SIGNALBUS_EMAIL_URL=f"smtp://127.0.0.1:{smtp}",
            )
            yield Site(port=port, mailbox=mailbox)
    finally:
        processes.end()
