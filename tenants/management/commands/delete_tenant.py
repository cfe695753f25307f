"""`manage.py delete_tenant TENANT [--now --yes-delete TENANT] [--keep]`"""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tenants import deleting, removal
from tenants.deleting import DeletingError
from tenants.models import State, Tenant

LONGEST = 300.0  # seconds that calls of providers may take to come to their end
BETWEEN = 1.0
HOW_TO_KEEP = "Undo until then: manage.py delete_tenant {tenant} --keep"


class Command(BaseCommand):
    help = "Delete a tenant with all its data: after the grace time, or now."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("tenant", help="the tenant's name")
        parser.add_argument("--now", action="store_true", help="without a grace time")
        parser.add_argument("--yes-delete", metavar="TENANT", help="the name, typed once more")
        parser.add_argument("--keep", action="store_true", help="take the deletion back")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            self._do(_tenant(options["tenant"]), options)
        except DeletingError as error:
            raise CommandError(str(error)) from error

    def _do(self, tenant: Tenant, options: dict[str, Any]) -> None:
        if options["keep"]:
            kept = deleting.take_back(tenant.pk)
            self.stdout.write(f"{kept} is kept, and {kept.state}.")
        elif options["now"]:
            self._delete_now(tenant, options["yes_delete"] or "")
        else:
            ending = deleting.schedule(tenant.pk)
            self.stdout.write(f"{ending} is suspended. {ending.suspension_reason}")
            self.stdout.write(HOW_TO_KEEP.format(tenant=ending))

    def _delete_now(self, tenant: Tenant, typed: str) -> None:
        """Once begun it goes on with the beat's job, should this be cut short."""
        if typed != tenant.name:
            raise CommandError(f"There is no way back: add --yes-delete {tenant}.")
        if tenant.state != State.DELETING:
            deleting.begin(tenant.pk)
        self.stdout.write("Waiting until nobody remembers it, and its calls have ended …")
        deadline = time.monotonic() + LONGEST
        while not removal.finish(tenant.pk, timezone.now()):
            if time.monotonic() > deadline:
                raise CommandError("Calls are under way still: the beat goes on with it.")
            time.sleep(BETWEEN)
        removal.drop_left_over()
        self.stdout.write(f"{tenant} is deleted.")


def _tenant(name: str) -> Tenant:
    found = Tenant.objects.exclude(state=State.SPARE).filter(name=name).first()
    if found is None:
        raise CommandError(f"No tenant has the name {name!r}.")
    return found
