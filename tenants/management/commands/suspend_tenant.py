"""`manage.py suspend_tenant TENANT --reason TEXT`"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tenants.management.tenant_argument import add_tenant, tenant_named
from tenants.suspension import suspend


class Command(BaseCommand):
    help = "Refuse a tenant's API requests and hold its lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_tenant(parser)
        parser.add_argument("--reason", required=True, help="what its API and console will say")

    def handle(self, *_: Any, **options: Any) -> None:
        tenant = tenant_named(options["tenant"])
        suspend(tenant.id, options["reason"])
        self.stdout.write(
            f"{tenant.name} is suspended. Undo: manage.py resume_tenant {tenant.name}"
        )
