"""`make status`: processes, ports, health, versions, backlog, and where the data lie."""

import re
import subprocess
import time
import urllib.request

from signalbus.embedded import stack
from signalbus.embedded.paths import CLONE, Home, environment_python, virtual_environment
from signalbus.embedded.progress import say
from signalbus.embedded.readiness import readiness
from signalbus.embedded.supervisor import recorded, wanted_units
from signalbus.embedded.unit import Unit

BACKLOG = re.compile(
    r"^signalbus_outbox_due(?:\{(?P<labels>[^}]*)\})? (?P<value>\S+)$", re.MULTILINE
)
TIMEOUT_SECONDS = 3.0


def status(home: Home) -> int:
    """Print what is known of the stack; returns 1 when something that should run does not."""
    units = wanted_units(home)
    running = stack.supervisor(home)
    if not running:
        say(_not_running(home))
        return 0
    print_processes(home)
    say()
    say(f"Supervisor   pid {running['pid']}, up {_lasting(running['since'])}")
    say(f"Signalbus    {_revision()}, Python {_python()}")
    for unit in (unit for unit in units if unit.version):
        say(f"{unit.name:<12} {unit.version}" + (f", data in {unit.data}" if unit.data else ""))
    say(f"Health       {_health(units)}")
    say(f"Backlog      {_backlog(units)}")
    say(f"State        {home.root}  (logs: {home.log})")
    return 0 if all(known["ready"] for known in recorded(home).values()) else 1


def print_processes(home: Home) -> None:
    """Print a line for each unit: its state, pid, port, age and deaths."""
    say(f"{'':<12} {'state':<10} {'pid':>8} {'port':>6} {'up':>10} {'deaths':>7}")
    known = recorded(home)
    for unit in wanted_units(home):
        say(_line(unit, known.get(unit.name, {})))


def _line(unit: Unit, known: dict[str, object]) -> str:
    state = "ready" if known.get("ready") else "starting" if "pid" in known else "waiting"
    port = unit.probe.port if unit.probe else "-"
    age = _lasting(float(str(known["since"]))) if "since" in known else "-"
    pid, deaths = known.get("pid", "-"), known.get("deaths", 0)
    return f"{unit.name:<12} {state:<10} {pid:>8} {port:>6} {age:>10} {deaths:>7}"


def _lasting(since: float) -> str:
    seconds = max(0, int(time.time() - since))
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    return f"{hours} h {minutes} min" if hours else f"{minutes} min" if minutes else f"{seconds} s"


def _health(units: list[Unit]) -> str:
    web = next((unit for unit in units if unit.name == "web"), None)
    if not web or not web.probe:
        return "not started yet"
    paused = _paused(web)
    return f"{readiness(web.probe.port)}{f', but {paused}' if paused else ''}"


def _paused(web: Unit) -> str:
    done = subprocess.run(
        [environment_python(), "-m", "signalbus.embedded.pauses"],
        cwd=CLONE,
        env=web.resolved_environment(),
        capture_output=True,
        text=True,
    )
    return done.stdout


def _backlog(units: list[Unit]) -> str:
    """Return the entries that are due, as the relay's metrics tell."""
    relay = next((unit for unit in units if unit.name == "relay"), None)
    text = _metrics(relay.probe.port) if relay and relay.probe else ""
    counts = [float(match["value"]) for match in BACKLOG.finditer(text)]
    return f"{sum(counts):.0f} entries due" if counts else "unknown: the relay does not tell"


def _metrics(port: int) -> str:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(f"http://127.0.0.1:{port}/metrics", timeout=TIMEOUT_SECONDS) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def _python() -> str:
    """Return the release of the virtual environment's Python."""
    text = (virtual_environment() / "pyvenv.cfg").read_text(encoding="utf-8")
    found = re.search(r"^version = (\S+)", text, re.MULTILINE)
    return found[1] if found else "of unknown release"


def _revision() -> str:
    """Return the commit that the clone stands on, read without git."""
    head = CLONE / ".git" / "HEAD"
    if not head.exists():
        return "not from a clone"
    text = head.read_text(encoding="utf-8").strip()
    reference = CLONE / ".git" / text.removeprefix("ref: ")
    return (reference.read_text("utf-8").strip() if reference.exists() else text)[:12]


def _not_running(home: Home) -> str:
    left = [name for name, known in recorded(home).items() if "pid" in known]
    if left:
        return f"The supervisor is gone; `make up` or `make down` takes care of {', '.join(left)}."
    return f"Signalbus does not run; `make up` starts it. State: {home.root}"
