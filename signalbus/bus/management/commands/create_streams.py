"""Makes the Kafka topics of all streams. May be repeated; adds partitions where there are fewer."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from signalbus.bus import topics


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            for line in topics.create():
                if options["verbosity"]:
                    self.stdout.write(line)
        except topics.TopicError as error:
            raise CommandError(str(error)) from error
