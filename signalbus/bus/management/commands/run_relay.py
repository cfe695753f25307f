"""Publishes due outbox entries to Kafka. Several may run side by side."""

from typing import Any

from signalbus.bus.process import ProcessCommand
from signalbus.bus.relay import Relay


class Command(ProcessCommand):
    help = __doc__

    def run(self, options: dict[str, Any]) -> None:
        Relay().run(self.stopping, until_empty=options["drain"])
