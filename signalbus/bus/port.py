"""The metrics port of a background process: the same questions as the web server answers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from signalbus.core.health import ROUTES, WORKER_NEEDS, Answer

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
    daemon_threads = True
    allow_reuse_address = True


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
    threading.Thread(target=server.serve_forever, name="metrics-port", daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
