"""Serves the live stream, GET /api/v1/stream. Several may run side by side."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from delivery.live.server import StreamServer
from signalbus.asgi import Application
from signalbus.bus.process import ProcessCommand
from signalbus.checks.words import TAG

HOST, PORT = "127.0.0.1", 8001


class Command(ProcessCommand):
    help = __doc__
    requires_system_checks = [TAG]  # the others load the pages of the consoles

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--host", default=HOST, help="address to listen on: %(default)s")
        parser.add_argument("--port", type=int, default=PORT, help="default: %(default)s")

    def run(self, options: dict[str, Any]) -> None:
        application = Application()
        host, port = options["host"], options["port"]
        server = StreamServer(application, host, port, application.stop)
        try:
            server.run_until_told()
        except OSError as error:
            raise CommandError(f"{host}:{port} cannot be listened on: {error}") from error
