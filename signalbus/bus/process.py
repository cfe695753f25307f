"""The base of every background process: its flags, its signals, its port, its logs and traces."""

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from signalbus.bus import port
from signalbus.core import logs, memory, tracing
from signalbus.core.version import VERSION

log = logs.get_logger(__name__)


class ProcessCommand(BaseCommand):
    """A command that works until it is told to stop. A subclass writes `run`.

    SIGTERM or SIGINT sets `stopping`: take no new work, finish what is under way, return. A second
    SIGINT (Ctrl-C pressed twice) ends the process at once.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stopping = threading.Event()
        self.name = type(self).__module__.rpartition(".")[2]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--metrics-port",
            type=int,
            metavar="N",
            help="serve /metrics, /livez and /readyz on this port of SIGNALBUS_METRICS_HOST",
        )
        parser.add_argument(
            "--slot",
            metavar="NAME",
            help="name of this process among its kind, for static membership of its Kafka group",
        )
        parser.add_argument(
            "--drain", action="store_true", help="work until nothing is due, then end"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        logs.configure()
        tracing.configure(f"signalbus-{self.name}")
        self._obey_signals()
        memory.settle()
        with self._port(options["metrics_port"]):
            self._work(options)

    def run(self, options: dict[str, Any]) -> None:
        """Work until `stopping` is set, or with `options["drain"]` until nothing is due."""
        raise NotImplementedError

    def _work(self, options: dict[str, Any]) -> None:
        log.info("process.started", process=self.name, slot=options["slot"], version=VERSION)
        try:
            self.run(options)
        except CommandError:
            raise
        except Exception:
            log.exception("process.crashed", process=self.name)
            raise SystemExit(1) from None
        log.info("process.stopped", process=self.name)

    def _port(self, number: int | None) -> Any:
        return port.serve(settings.METRICS_HOST, number)

    def _obey_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def _stop(self, *_: Any) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.stopping.set()
