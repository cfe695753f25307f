"""Where everything of the embedded stack lies."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CLONE = Path(__file__).resolve().parents[2]
ROOT_STATE = Path("/var/lib/signalbus")


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The folder of one installation's state: `var/` in the clone, or `SIGNALBUS_HOME`."""

    root: Path

    @property
    def cache(self) -> Path:
        """Downloads that may be fetched again: the jars of Apache Kafka."""
        return self.root / "cache"

    @property
    def data(self) -> Path:
        """The servers' data, except PostgreSQL's when started by root."""
        return self.root / "data"

    @property
    def log(self) -> Path:
        """One log file for each process, beside its rotated ones."""
        return self.root / "log"

    @property
    def run(self) -> Path:
        """What is known of the running stack."""
        return self.root / "run"

    @property
    def ports(self) -> Path:
        """The ports chosen once."""
        return self.root / "ports.json"

    @property
    def secrets(self) -> Path:
        """Passwords and keys generated once; private."""
        return self.root / "secrets.json"

    @property
    def demo(self) -> Path:
        """Addresses, log-ins and keys of the demo tenants; private."""
        return self.root / "demo.json"

    @property
    def demo_shown(self) -> Path:
        """There once the demo has gone through these data."""
        return self.data / "demo-shown"

    @property
    def wanted(self) -> Path:
        """The units that the supervisor has to keep running, written by `up`."""
        return self.run / "wanted.json"

    @property
    def state(self) -> Path:
        """What runs, written by the supervisor."""
        return self.run / "state.json"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data; outside a home that others cannot enter, where root starts it."""
        return self.root_state / "postgres" if is_root() else self.data / "postgres"

    @property
    def root_state(self) -> Path:
        """The folder below /var/lib that root uses for this home."""
        return ROOT_STATE / hashlib.sha256(str(self.root).encode()).hexdigest()[:12]


def is_root() -> bool:
    """Return whether the stack is started by root, whom PostgreSQL refuses to serve."""
    return os.geteuid() == 0


def find_home(environment: Mapping[str, str] = os.environ) -> Home:
    """Return the home that the environment names, else `var/` in the clone."""
    named = environment.get("SIGNALBUS_HOME")
    return Home(root=Path(named).expanduser().resolve() if named else CLONE / "var")


def virtual_environment() -> Path:
    """Return the folder of the clone's virtual environment."""
    return CLONE / ".venv"


def environment_python() -> Path:
    """Return the interpreter of the virtual environment."""
    return virtual_environment() / "bin" / "python"
