"""Tenants: how many there are, whether a new one is quick, and the names that settings use."""

from collections.abc import Iterator

from django.conf import settings

from signalbus.doctor.findings import Finding, counted, ok, some, warn
from tenants.models import State, Tenant


def probe() -> Iterator[Finding]:
    """Counts by state."""
    rows = list(Tenant.objects.all())
    served = [row for row in rows if row.state not in (State.SPARE, State.DELETING)]
    leaving = [str(row) for row in rows if row.state == State.DELETING]
    if served:
        yield ok(f"{counted(len(served), 'tenant')}.")
    else:
        yield warn("There is no tenant yet.", "manage.py create_tenant acme --domain HOST")
    if held := [str(row) for row in served if row.state == State.SUSPENDED]:
        yield warn(f"Suspended: {some(held)}.", "manage.py resume_tenant NAME, if that is over.")
    if leaving:
        yield ok(f"Being deleted: {some(leaving)}.")
    yield from _spares(len(rows) - len(served) - len(leaving))
    yield from _default({row.name for row in served})


def _spares(count: int) -> Iterator[Finding]:
    if count < settings.SPARE_SCHEMAS:
        says = f"{count} of {settings.SPARE_SCHEMAS} spare schemas are ready."
        yield warn(says, "Celery's beat makes them each minute; or run manage.py ensure_spares.")


def _default(names: set[str | None]) -> Iterator[Finding]:
    wanted = settings.DEFAULT_TENANT
    if wanted and wanted not in names:
        says = f"SIGNALBUS_DEFAULT_TENANT names {wanted}, and there is no such tenant."
        yield warn(says, "Name one that exists, or leave it empty.")
