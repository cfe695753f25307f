"""`manage.py set_weight TENANT STREAM WEIGHT`"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from signalbus.bus.lines import set_weight
from signalbus.bus.streams import DELIVERY_STREAMS
from tenants.management.tenant_argument import add_tenant, tenant_named


class Command(BaseCommand):
    help = "Say how many turns a tenant gets in a stream for one of a tenant without a weight."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_tenant(parser)
        parser.add_argument("stream", choices=DELIVERY_STREAMS)
        parser.add_argument("weight", type=int, help="1 is what every line has that is not told")

    def handle(self, *_: Any, **options: Any) -> None:
        tenant = tenant_named(options["tenant"])
        try:
            line = set_weight(options["stream"], tenant.id, options["weight"])
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{tenant.name} has the weight {line.weight} in {line.stream}.")
