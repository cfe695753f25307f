"""Signalbus's own processes beside a test, as real programs over the test's database."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from tests.ports import free_port, is_open

ROOT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, str(ROOT / "manage.py")]
GRANIAN = [sys.executable, "-m", "granian", "--interface", "wsgi", "signalbus.wsgi:application"]


def eventually(true: Callable[[], object], seconds: float = 20.0, what: str = "") -> None:
    """Wait until something is true; fail with `what` when it does not become so."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, f"not within {seconds} s: {what or true}"
        time.sleep(0.05)


class Process:
    """One program, its port and its log."""

    def __init__(self, name: str, command: list[str], port: int, environment: dict[str, str]):
        self.name, self.command, self.port = name, command, port
        self.environment = environment
        self.log = Path(environment["SIGNALBUS_TEST_LOGS"]) / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, wait: bool = True) -> "Process":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        if wait:
            eventually(self.is_alive, 30, f"{self.name} alive; see {self.log.read_text()[-3000:]}")
        return self

    def is_alive(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/livez", timeout=1):
                return True
        except (OSError, urllib.error.URLError):
            return False

    def read(self, path: str) -> bytes:
        """What it answers at its port about itself."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{path}", timeout=5) as answer:
            found: bytes = answer.read()
            return found

    def kill(self) -> None:
        """`kill -9` of the program and all its children."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)

    def stop(self, seconds: float = 40.0) -> int:
        """SIGTERM, as a supervisor stops it; returns the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)


class Processes:
    """Starts web, relay and workers over the test's database, and ends them after the test."""

    def __init__(self, logs: Path) -> None:
        self.started: list[Process] = []
        self.environment = {**os.environ, "DATABASE_URL": _test_database_url()}
        self.environment["SIGNALBUS_TEST_LOGS"] = str(logs)
        self.environment["PYTHONPATH"] = str(ROOT)

    def web(self, *, workers: int = 1, port: int = 0, **more: str) -> Process:
        port = port or free_port()
        command = [*GRANIAN, "--port", str(port), "--workers", str(workers)]
        command += ["--blocking-threads", "16", "--workers-kill-timeout", "5"]
        return self._start(f"web{len(self.started)}", command, port, more)

    def relay(self, **more: str) -> Process:
        return self.command("run_relay", **more)

    def worker(self, channel: str = "email", *flags: str, **more: str) -> Process:
        return self.command(f"run_{channel}_worker", *flags, **more)

    def workers(self, *flags: str, **more: str) -> Process:
        return self.command("run_workers", *flags, **more)

    def command(self, name: str, *flags: str, **more: str) -> Process:
        port = free_port()
        command = [*MANAGE, name, "--metrics-port", str(port), *flags]
        process = self._start(f"{name}{len(self.started)}", command, port, more)
        if "--port" in flags:  # what it serves itself may begin after what it says of itself
            own = int(flags[flags.index("--port") + 1])
            eventually(lambda: is_open(own), 30, f"{name} at its port")
        return process

    def end(self) -> None:
        for process in self.started:
            process.kill()

    def _start(self, name: str, command: list[str], port: int, more: dict[str, str]) -> Process:
        process = Process(name, command, port, {**self.environment, **more})
        self.started.append(process)
        return process.start()


def _test_database_url() -> str:
    given = connection.settings_dict
    user, password = quote(given["USER"]), quote(given["PASSWORD"])
    return f"postgresql://{user}:{password}@{given['HOST']}:{given['PORT']}/{given['NAME']}"


@pytest.fixture
def processes(database: None, streams: None, tmp_path: Path) -> Iterator[Processes]:
    """Real processes over this test's database; all ended after the test."""
    started = Processes(tmp_path)
    yield started
    started.end()
