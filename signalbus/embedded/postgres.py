"""PostgreSQL 18 from the wheel: makes its data folder and says how it is started."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from signalbus.embedded.errors import StackError
from signalbus.embedded.files import private_folder
from signalbus.embedded.identity import command_line, identity
from signalbus.embedded.paths import Home, is_root
from signalbus.embedded.postgres_files import MAJOR, unprivileged_user
from signalbus.embedded.unit import SERVERS, Probe, Unit

USER = DATABASE = "signalbus"
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
INITDB = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",  # the same order of texts on every machine
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)
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
            self._initialise()
        found = (self.home.postgres / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != str(MAJOR):
            raise StackError(
                f"the data in {self.home.postgres} are of PostgreSQL {found}, not {MAJOR}.",
                remedy="dump them with the release that wrote them, or throw them away: make reset",
            )
        self._clear_stale_pid()

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
            user=_owner(),
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

    def discard(self) -> None:
        """Throw the data away; the server must not run."""
        shutil.rmtree(self.home.postgres, ignore_errors=True)

    def _initialise(self) -> None:
        """Run initdb in a folder beside, so that an interrupted one leaves nothing half made."""
        folder = self.home.postgres.parent
        draft = folder / "postgres.new"
        _make_reachable(folder) if is_root() else private_folder(folder)
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        with tempfile.NamedTemporaryFile("w", dir=folder) as password:
            password.write(self.password)
            password.flush()
            _hand_over(draft, Path(password.name))
            self._run_initdb(draft, password.name)
        draft.replace(self.home.postgres)

    def _run_initdb(self, folder: Path, password_file: str) -> None:
        command = [self.programs / "initdb", "-D", folder, "-U", USER, f"--pwfile={password_file}"]
        owner = _owner()
        drop = {"user": owner[0], "group": owner[1], "extra_groups": []} if owner else {}
        private_folder(self.home.log)
        with self.log.open("ab") as output:
            code = subprocess.call(
                [*command, *INITDB], cwd=folder, stdout=output, stderr=output, **drop
            )
        if code:
            raise StackError(
                f"initdb failed (exit code {code}).", log=self.log, remedy="see the log, then retry"
            )

    def _clear_stale_pid(self) -> None:
        """Remove a pid file whose number now means another program: PostgreSQL would not start.

        A file whose process is gone is left to PostgreSQL, which also looks for its shared memory.
        """
        pid_file = self.home.postgres / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = int(pid_file.read_text(encoding="utf-8").partition("\n")[0] or 0)
        if identity(pid) and "postgres" not in command_line(pid):
            pid_file.unlink()


def _owner() -> tuple[int, int] | None:
    return unprivileged_user() if is_root() else None


def _hand_over(*paths: Path) -> None:
    owner = _owner()
    for path in paths:
        if owner:
            os.chown(path, *owner)


def _make_reachable(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for each in (folder, folder.parent):
        each.chmod(0o755)


def _version(program: Path) -> str:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    return answer.stdout.split()[2]
