"""The table of areas, and running it: an area that cannot be looked at is a finding itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from signalbus.doctor import (
    jobs,
    kafka,
    lanes,
    line,
    mail,
    migrations,
    postgres,
    providers,
    redis,
    secrets,
    settings,
    stream,
    tenancy,
    web,
)
from signalbus.doctor.findings import Finding, State, fail, warn

Probe = Callable[[], Iterator[Finding]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """What is looked at together. It is left out where an area that it `needs` failed."""

    name: str
    probe: Probe
    needs: str = ""


POSTGRES, MIGRATIONS, KAFKA = "PostgreSQL", "Migrations", "Kafka"
AREAS = (
    Area(name="Settings", probe=settings.probe),
    Area(name=POSTGRES, probe=postgres.probe),
    Area(name=MIGRATIONS, probe=migrations.probe, needs=POSTGRES),
    Area(name="Redis", probe=redis.probe),
    Area(name=KAFKA, probe=kafka.probe),
    Area(name="Relay and backlog", probe=line.probe, needs=MIGRATIONS),
    Area(name="Workers", probe=lanes.probe, needs=KAFKA),
    Area(name="Live stream", probe=stream.probe, needs=MIGRATIONS),
    Area(name="Celery", probe=jobs.probe, needs=MIGRATIONS),
    Area(name="Web", probe=web.probe),
    Area(name="Mail of the consoles", probe=mail.probe),
    Area(name="Tenants", probe=tenancy.probe, needs=MIGRATIONS),
    Area(name="Key ring", probe=secrets.probe, needs=MIGRATIONS),
    Area(name="Provider accounts", probe=providers.probe, needs=MIGRATIONS),
)
DNS = Area(name="Senders' domains", probe=providers.probe_dns, needs=MIGRATIONS)


def examine(*, dns: bool = False) -> Iterator[Finding]:
    """Look at one area after the other; findings come as they are made."""
    broken: set[str] = set()
    for area in (*AREAS, *((DNS,) if dns else ())):
        for finding in _look(area, broken):
            if finding.state is State.FAIL:
                broken.add(area.name)
            yield replace(finding, area=area.name)


def _look(area: Area, broken: set[str]) -> Iterator[Finding]:
    if area.needs in broken:
        broken.add(area.name)
        yield warn("Not looked at.", f"Mend {area.needs} first.")
        return
    try:
        yield from area.probe()
    except Exception as error:
        says = f"Could not be looked at: {type(error).__name__}: {str(error).strip()}"
        yield fail(says, "Mend what the error names, then ask again.")
