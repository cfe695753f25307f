"""`manage.py resume_tenant TENANT`"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tenants.management.tenant_argument import add_tenant, tenant_named
from tenants.suspension import resume


class Command(BaseCommand):
    help = "Let a suspended tenant go on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_tenant(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        tenant = tenant_named(options["tenant"])
        resume(tenant.id)
        self.stdout.write(f"{tenant.name} is active.")
