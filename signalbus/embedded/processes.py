"""The table of Signalbus's own processes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from signalbus.embedded.paths import Home, environment_python
from signalbus.embedded.unit import Probe, Unit

LIVENESS = "/livez"
# As many single accepts wait together for a group commit as both workers have threads.
WEB = (
    *("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", "{http}"),
    *("--workers", "2", "--blocking-threads", "16", "--no-ws", "--respawn-failed-workers"),
    *("--workers-kill-timeout", "10", "signalbus.wsgi:application"),  # a stop hung 1 time of 25
)
# One process is worker and clock at once; the solo pool saves the memory of a second one.
# As root it would warn of itself at each start.
CELERY = (
    *("-W", "ignore::UserWarning:celery.platforms", "-m"),
    *("celery", "-A", "signalbus.celery", "worker", "--beat", "--pool", "solo"),
    *("--schedule", "{run}/celerybeat-schedule", "--loglevel", "WARNING"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    *("--metrics-port", "{celery}"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One line of the table: a command of Python, and the name of the port where it answers."""

    name: str
    command: tuple[str, ...]
    port: str
    fresh_folder: str = ""


TABLE = (
    Process(name="web", command=("-m", *WEB), port="http", fresh_folder="PROMETHEUS_MULTIPROC_DIR"),
    Process(
        name="relay",
        command=("manage.py", "run_relay", "--metrics-port", "{relay}"),
        port="relay",
    ),
    Process(
        name="workers",
        command=("manage.py", "run_workers", "--metrics-port", "{workers}", "--slot", "embedded"),
        port="workers",
    ),
    Process(name="celery", command=CELERY, port="celery"),
    Process(
        name="stream", command=("manage.py", "run_stream", "--port", "{stream}"), port="stream"
    ),
)


def process_units(home: Home, ports: Mapping[str, int], common: Unit) -> list[Unit]:
    """Return how each process of the table is started; `common` is what they share."""
    places = {**{name: str(port) for name, port in ports.items()}, "run": str(home.run)}
    return [_unit(process, home, places, common) for process in TABLE]


def _unit(process: Process, home: Home, places: Mapping[str, str], common: Unit) -> Unit:
    folder = str(home.run / f"{process.name}-metrics") if process.fresh_folder else None
    own = {process.fresh_folder: folder} if folder else {}
    return replace(
        common,
        name=process.name,
        argv=(str(environment_python()), *(word.format(**places) for word in process.command)),
        log=str(home.log / f"{process.name}.log"),
        probe=Probe(port=int(places[process.port]), path=LIVENESS),
        environment={**common.environment, **own},
        fresh_folder=folder,
        restart_silent=True,
    )
