"""Workers as processes: the flags, and a thread with a connection of its own for each channel."""

import threading
from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandParser
from django.db import connection

from delivery.pipeline import seen
from delivery.pipeline.due import nothing_due
from delivery.pipeline.worker import Worker, rules_from_settings
from delivery.providers import registry
from signalbus.bus.consumer import StreamConsumer
from signalbus.bus.lanes_flag import add_lanes
from signalbus.bus.process import ProcessCommand
from signalbus.bus.streams import Channel, stream_of

MAX_IN_FLIGHT = 64


class WorkerCommand(ProcessCommand):
    """Delivers a channel, or several; a subclass names them."""

    channels: Sequence[str] = tuple(Channel)

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_lanes(parser)
        parser.add_argument(
            "--max-in-flight",
            type=int,
            default=MAX_IN_FLIGHT,
            metavar="N",
            help="provider calls at a time, for each channel (default: %(default)s)",
        )

    def run(self, options: dict[str, Any]) -> None:
        errors: list[BaseException] = []
        threads = [
            threading.Thread(
                target=self._guarded, args=(channel, options, errors), name=f"worker-{channel}"
            )
            for channel in self.channels
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        registry.close_all()
        if errors:
            raise errors[0]

    def _guarded(self, channel: str, options: dict[str, Any], errors: list[BaseException]) -> None:
        """One channel's worker; where it cannot go on, the others stop in good order too."""
        try:
            self._work_on(channel, options)
        except BaseException as error:
            errors.append(error)
            self.stopping.set()
        finally:
            connection.close()

    def _work_on(self, channel: str, options: dict[str, Any]) -> None:
        lanes = options["lanes"]
        streams = [stream_of(channel, lane) for lane in lanes]
        seen.begin(channel, lanes)
        worker = Worker(
            channel,
            {
                lane: StreamConsumer(stream, options["slot"], command=f"{channel}-worker")
                for lane, stream in zip(lanes, streams, strict=True)
            },
            max_in_flight=options["max_in_flight"],
            rules=rules_from_settings(),
        )
        worker.run(
            self.stopping, nothing_due=(lambda: nothing_due(streams)) if options["drain"] else None
        )
