"""Makes the virtual environment and installs what is pinned, with the standard library alone."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from signalbus.embedded.errors import StackError
from signalbus.embedded.files import exclusive, private_folder, write_text
from signalbus.embedded.last_word import last_word
from signalbus.embedded.paths import CLONE, Home, environment_python, virtual_environment
from signalbus.embedded.progress import step

RUNTIME = ("requirements.txt", "requirements-embedded.txt")
DEVELOPMENT = (*RUNTIME, "requirements-dev.txt")
OLDEST, NEWEST = (3, 11), (3, 13)


def install(home: Home, requirements: tuple[str, ...], name: str) -> None:
    """Bring the packages up to date; does nothing when the stamp says that they are.

    Raises:
        StackError: the environment cannot be made, or a package cannot be installed.
    """
    stamp = virtual_environment() / f".signalbus-{name}"
    expected = _stamp(requirements)
    if _usable() and stamp.exists() and stamp.read_text("utf-8") == expected:
        return
    with exclusive(home.root / "packages.lock") as alone:
        if not alone:
            raise StackError(
                f"another command installs packages into {virtual_environment()}.",
                remedy="wait until it is done, then run the command again",
            )
        _install(home, requirements)
        write_text(stamp, expected)


def _install(home: Home, requirements: tuple[str, ...]) -> None:
    log = private_folder(home.log) / "packages.log"
    _make_environment(log)
    with step(f"Installing packages ({', '.join(requirements)})"):
        _run([*_pip(), *(f"-r{CLONE / each}" for each in requirements)], log, "pip failed")


def inside() -> bool:
    """Return whether this process runs on the clone's virtual environment."""
    return Path(sys.prefix).resolve() == virtual_environment().resolve()


def _stamp(requirements: tuple[str, ...]) -> str:
    digest = hashlib.sha256(f"{sys.version_info[:2]}".encode())
    for each in requirements:
        digest.update((CLONE / each).read_bytes())
    return digest.hexdigest()


def _make_environment(log: Path) -> None:
    if _usable():
        return
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        raise StackError(
            f"Python {sys.version.split()[0]} cannot run Signalbus; 3.11, 3.12 and 3.13 can.",
            remedy="install one of them and name it: make up PYTHON=/path/to/python3.12",
        )
    with step("Making the virtual environment"):
        command = [sys.executable, "-m", "venv", "--clear", str(virtual_environment())]
        _run(command, log, "the virtual environment cannot be made")


def _usable() -> bool:
    """Return whether the environment is whole and of the Python that was called."""
    version = "import sys, pip; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run(
            [environment_python(), "-c", version], capture_output=True, text=True, check=False
        )
    except OSError:
        return False
    return inside() or answer.stdout.split() == [str(part) for part in sys.version_info[:2]]


def _pip() -> list[str]:
    quiet = ("--disable-pip-version-check", "--no-input", "--quiet")
    return [str(environment_python()), "-m", "pip", "install", *quiet]


def _run(command: list[str], log: Path, cause: str) -> None:
    with log.open("w", encoding="utf-8") as output:
        code = subprocess.call(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=CLONE
        )
    if code:
        raise StackError(
            f"{cause} (exit code {code}): {last_word(log)}",
            remedy="check that the package index can be reached, then run the command again",
            log=log,
        )


def enter(arguments: list[str]) -> None:
    """Go on with the same command on the virtual environment's interpreter; does not return."""
    python = str(environment_python())
    sys.stdout.flush()
    os.execv(python, [python, "-m", "signalbus.embedded", *arguments])  # noqa: S606
