"""PostgreSQL's data folder: made once, and freed of what a loss of power left in it."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from signalbus.embedded.errors import StackError
from signalbus.embedded.files import private_folder
from signalbus.embedded.identity import command_line, identity
from signalbus.embedded.users import dropping_to, server_owner

USER = "signalbus"
INITDB = (
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",  # the same order of texts on every machine
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)


def initialise(folder: Path, programs: Path, password: str, log: Path) -> None:
    """Run initdb in a folder beside, so that an interrupted one leaves nothing half made.

    Raises:
        StackError: initdb failed.
    """
    draft = folder.with_name(f"{folder.name}.new")
    _make_reachable(folder.parent)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    with tempfile.NamedTemporaryFile("w", dir=folder.parent) as password_file:
        password_file.write(password)
        password_file.flush()
        _hand_over(draft, Path(password_file.name))
        command = [programs / "initdb", "-D", draft, "-U", USER, f"--pwfile={password_file.name}"]
        _run_initdb([str(word) for word in (*command, *INITDB)], draft, log)
    draft.replace(folder)


def clear_stale_pid(folder: Path) -> None:
    """Remove a pid file whose number now means another program: PostgreSQL would not start.

    A file whose process is gone is left to PostgreSQL, which also looks for its shared memory.
    """
    pid_file = folder / "postmaster.pid"
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text(encoding="utf-8").partition("\n")[0] or 0)
    if identity(pid) and "postgres" not in command_line(pid):
        pid_file.unlink()


def _run_initdb(command: list[str], folder: Path, log: Path) -> None:
    private_folder(log.parent)
    with log.open("ab") as output:
        drop = dropping_to(server_owner())
        code = subprocess.call(command, cwd=folder, stdout=output, stderr=output, **drop)
    if code:
        raise StackError(
            f"initdb failed (exit code {code}).", log=log, remedy="see the log, then run it again"
        )


def _hand_over(*paths: Path) -> None:
    owner = server_owner()
    for path in paths:
        if owner:
            os.chown(path, *owner)


def _make_reachable(folder: Path) -> None:
    """Make the folder; where another user runs the server, that user has to get through to it."""
    if server_owner() is None:
        private_folder(folder)
        return
    folder.mkdir(parents=True, exist_ok=True)
    for each in (folder, folder.parent):
        each.chmod(0o755)
