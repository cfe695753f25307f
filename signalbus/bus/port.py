"""The metrics port of a background process: the same questions as the web server answers."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from signalbus.core.health import ROUTES, WORKER_NEEDS, Answer

LAST_ASK_SECONDS = 1.0  # what a stopping process gives its port to notice
NOT_FOUND = Answer(body=b'{"status":"not found"}', status=404)


class _Handler(BaseHTTPRequestHandler):
    """Answers a GET or HEAD by the table of routes."""

    timeout = 10  # seconds that a silent client may hold its thread
    needs: frozenset[str]

    def do_GET(self) -> None:
        answer = self._answer()
        self.wfile.write(answer.body)

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> Answer:
        route = ROUTES.get(urlsplit(self.path).path.strip("/"))
        answer = route(self.needs) if route else NOT_FOUND
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        return answer

    def log_message(self, *_: object) -> None:
        """Nothing: being scraped is no event."""


class _Server(ThreadingHTTPServer):
    """Sleeps until it is asked, where `serve_forever` would look up twice a second."""

    daemon_threads = True
    allow_reuse_address = True
    timeout = None
    closing = False

    def run(self) -> None:
        while not self.closing:
            self.handle_request()

    def close(self) -> None:
        """Ask itself, so that `run` sees that it is over."""
        self.closing = True
        host, number = self.server_address[:2]
        with suppress(OSError):
            socket.create_connection((str(host), number), LAST_ASK_SECONDS).close()

    def verify_request(self, *_: object) -> bool:
        return not self.closing


@contextmanager
def serve(host: str, port: int | None, needs: frozenset[str] = WORKER_NEEDS) -> Iterator[None]:
    """Answer on that port while the block runs; without a port, not at all.

    The process is ready while the servers that it `needs` answer.

    Raises OSError where the port is taken.
    """
    if port is None:
        yield
        return
    server = _Server((host, port), type("Handler", (_Handler,), {"needs": needs}))
    thread = threading.Thread(target=server.run, name="metrics-port", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.close()
        thread.join(LAST_ASK_SECONDS)
        server.server_close()
