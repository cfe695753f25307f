"""Publishes due outbox entries to Kafka. Several may run side by side."""

from typing import Any

from signalbus.bus.process import ProcessCommand
from signalbus.bus.relay_loop import RelayLoop


class Command(ProcessCommand):
    help = __doc__

    def run(self, options: dict[str, Any]) -> None:
        RelayLoop(self.stopping).run(until_empty=options["drain"])
