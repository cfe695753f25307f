"""PostgreSQL 18 from the wheel: makes its data folder and says how it is started."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from signalbus.embedded.errors import StackError
from signalbus.embedded.paths import Home
from signalbus.embedded.postgres_data import USER, clear_stale_pid, initialise
from signalbus.embedded.postgres_files import MAJOR
from signalbus.embedded.unit import SERVERS, Probe, Unit
from signalbus.embedded.users import server_owner

DATABASE = "signalbus"
# fsync and synchronous_commit stay on: what was accepted outlives a loss of power.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "max_locks_per_transaction": "256",  # migrations touch every table of a schema at once
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",  # compiling costs more than the short statements of the line take
    "autovacuum_naptime": "15s",  # the outbox is updated and deleted all the time
    "log_checkpoints": "off",
}
STOP_SECONDS = 30.0
RECOVERY_SECONDS = 60.0
POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """The embedded PostgreSQL of one home; `programs` is the folder of its binaries."""

    home: Home
    port: int
    password: str
    programs: Path

    @property
    def url(self) -> str:
        """Return the address of the database, with its password."""
        return f"postgresql://{USER}:{quote(self.password)}@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def log(self) -> Path:
        """Return the server's log file."""
        return self.home.log / "postgres.log"

    def prepare(self) -> None:
        """Make the data folder if missing, and clear away a pid file that names a stranger.

        Raises:
            StackError: the folder cannot be made, or belongs to another major release.
        """
        if not self.home.postgres.exists():
            initialise(self.home.postgres, self.programs, self.password, self.log)
        found = (self.home.postgres / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != str(MAJOR):
            raise StackError(
                f"the data in {self.home.postgres} are of PostgreSQL {found}, not {MAJOR}.",
                remedy="dump them with the release that wrote them, or throw them away: make reset",
            )
        clear_stale_pid(self.home.postgres)

    def unit(self) -> Unit:
        """Return how the server is started. SIGINT is its fast, clean shutdown."""
        program = self.programs / "postgres"
        options = [part for item in SETTINGS.items() for part in ("-c", "=".join(item))]
        return Unit(
            name="postgres",
            argv=(str(program), "-D", str(self.home.postgres), "-p", str(self.port), *options),
            cwd=str(self.home.postgres),
            log=str(self.log),
            probe=Probe(port=self.port),
            environment={"PATH": os.defpath, "TZ": "UTC", "LC_ALL": "C"},
            tier=SERVERS,
            stop_signal=signal.SIGINT,
            stop_seconds=STOP_SECONDS,
            user=server_owner(),
            version=f"PostgreSQL {_version(program)}",
            data=str(self.home.postgres),
        )

    def ensure_database(self) -> None:
        """Create the database in a running server, if missing.

        Raises:
            StackError: the server does not let its owner in.
        """
        with self._connect() as session:
            found = session.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if found.fetchone() is None:
                session.execute(f'CREATE DATABASE "{DATABASE}"')

    def _connect(self) -> "psycopg.Connection[Any]":
        """Connect, waiting for a recovery after a crash: the port opens before it is over."""
        deadline = time.monotonic() + RECOVERY_SECONDS
        while True:
            try:
                return psycopg.connect(self.url, dbname="postgres", autocommit=True)
            except psycopg.OperationalError as problem:
                if "starting up" not in str(problem) or time.monotonic() > deadline:
                    raise self._refusal(problem) from problem
                time.sleep(POLL_SECONDS)

    def _refusal(self, problem: psycopg.OperationalError) -> StackError:
        return StackError(
            f"PostgreSQL refuses its owner: {problem}",
            log=self.log,
            remedy=f"if {self.home.secrets} was lost or replaced, restore it; else `make reset`",
        )

    def birth(self) -> str:
        """Return when the data folder was made."""
        return str((self.home.postgres / "PG_VERSION").stat().st_mtime_ns)


def _version(program: Path) -> str:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return answer.stdout.split()[2]
