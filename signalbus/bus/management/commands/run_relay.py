"""Publishes due outbox entries to Kafka. Several may run side by side."""

from typing import Any

from django.core.management.base import CommandParser

from signalbus.bus.lanes_flag import add_lanes
from signalbus.bus.process import ProcessCommand
from signalbus.bus.relay_loop import RelayLoop
from signalbus.bus.streams import relayed


class Command(ProcessCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_lanes(parser)

    def run(self, options: dict[str, Any]) -> None:
        streams = relayed(options["lanes"])
        RelayLoop(self.stopping, streams).run(until_empty=options["drain"])
