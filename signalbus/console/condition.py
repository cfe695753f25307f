"""How the installation is: its servers, their versions, and the tenants that are held up."""

import platform
from dataclasses import dataclass

import django
import msgspec
from django.db import connection
from django.urls import reverse

from signalbus.bus.lines_sql import SOFT
from signalbus.bus.models import LinePause
from signalbus.core import health
from tenants import suspension
from tenants.deleting import PAUSE_REASON as ENDING
from tenants.models import State, Tenant

MOST_TROUBLED = 50


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """What the readiness probe found of a server."""

    status: str
    milliseconds: float
    detail: str = ""


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """The probe's answer, as far as the page shows it."""

    status: str
    checks: dict[str, Server]


@dataclass(frozen=True, slots=True)
class Troubled:
    """A tenant that is held up, and why."""

    name: str
    link: str
    what: str
    why: str


def readiness() -> Readiness:
    """The servers as this process reaches them at this moment."""
    return msgspec.json.decode(health.ready(health.WEB_NEEDS).body, type=Readiness)


def versions() -> list[tuple[str, str]]:
    """(name, version) of what the installation runs on."""
    major, minor = divmod(connection.pg_version, 10_000)  # type: ignore[attr-defined]
    return [
        ("PostgreSQL", f"{major}.{minor}"),
        ("Django", django.get_version()),
        ("Python", platform.python_version()),
    ]


def troubled() -> list[Troubled]:
    """Suspended tenants, then those with a line that is paused for another reason."""
    suspended = Tenant.objects.filter(state=State.SUSPENDED).order_by("name")[:MOST_TROUBLED]
    found = [_troubled(each, "suspended", each.suspension_reason) for each in suspended]
    pauses = list(
        LinePause.objects.in_force()
        .exclude(stream=LinePause.EVERY_STREAM, reason__in=(suspension.PAUSE_REASON, ENDING))
        .exclude(reason__in=SOFT)
        .order_by("since")[:MOST_TROUBLED]
    )
    owners = Tenant.objects.in_bulk([pause.tenant_id for pause in pauses])
    for pause in pauses:
        if pause.tenant_id in owners:
            why = " · ".join(part for part in (pause.stream, pause.reason, pause.note) if part)
            found.append(_troubled(owners[pause.tenant_id], "paused", why))
    return found


def _troubled(tenant: Tenant, what: str, why: str) -> Troubled:
    link = reverse("admin:tenants_tenant_change", args=[tenant.pk])
    return Troubled(str(tenant), link, what, why)
