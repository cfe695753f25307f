"""Servers and processes of a benchmark, on ports of their own, thrown away afterwards."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import cpu
from benchmarks.errors import MeasureError

ROOT = Path(__file__).resolve().parent.parent
WEB_WORKERS = 2
WEB_THREADS = 16
SERVERS = ("postgres", "valkey", "kafka")
STUBS = "stubs"  # stand for providers, so what they use is not Signalbus's


@dataclass(frozen=True, slots=True)
class Program:
    """How a process is started: the command, the port that answers /livez, own settings."""

    command: list[str]
    port: int
    settings: dict[str, str]


class Stack:
    """PostgreSQL, Valkey and Kafka, and whatever processes a measure starts over them."""

    def __init__(self) -> None:
        from signalbus.embedded.testing import start_servers

        self.home = Path(tempfile.mkdtemp(prefix="signalbus-bench-"))
        self.servers = start_servers(self.home)
        self.environment = {
            **os.environ,
            **self.servers.environment,
            "SIGNALBUS_SECRET_KEY": "benchmark-" + "x" * 50,
            "SIGNALBUS_ENCRYPTION_KEYS": "b:YmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI=",
            "SIGNALBUS_LOG_LEVEL": "WARNING",
            "SIGNALBUS_LIMITS": "requests_per_second=1000000",  # looked at, never reached
            "SIGNALBUS_OUTBOUND_NETWORKS": "127.0.0.0/8",  # where the stubs are
            "PYTHONPATH": str(ROOT),
        }
        self.environment.pop("PROMETHEUS_MULTIPROC_DIR", None)
        os.environ.update(self.environment)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._programs: dict[str, Program] = {}

    def manage(self, *arguments: str) -> None:
        """Run a command to its end."""
        subprocess.run(self._manage(*arguments), env=self.environment, check=True, cwd=ROOT)

    def web(self, **more: str) -> int:
        """Start the web processes; returns the port."""
        port = _free_port()
        metrics = self.home / "metrics"
        metrics.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"]
        command += ["--workers", str(WEB_WORKERS), "--blocking-threads", str(WEB_THREADS)]
        command += ["--port", str(port), "--log-level", "warning", "signalbus.wsgi:application"]
        settings = {
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "PROMETHEUS_MULTIPROC_DIR": str(metrics),
            **more,
        }
        return self._start("web", command, port, settings)

    def run(self, name: str, *arguments: str, **more: str) -> int:
        """Start a command that serves /livez on its metrics port; returns that port."""
        port = _free_port()
        command = self._manage(*arguments, "--metrics-port", str(port))
        return self._start(name, command, port, more)

    def stream(self, name: str) -> tuple[int, int]:
        """Start a process of the live stream; returns its port, and that of its metrics."""
        port = _free_port()
        return port, self.run(name, "run_stream", "--port", str(port))

    def stub(self) -> dict[str, int]:
        """Start the slow providers; returns their ports."""
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.stubs"],
            stdout=subprocess.PIPE,
            env=self.environment,
            cwd=ROOT,
        )
        self.processes[STUBS] = process
        assert process.stdout is not None
        self.stub_ports: dict[str, int] = json.loads(process.stdout.readline())
        return self.stub_ports

    def stub_took(self) -> dict[str, Any]:
        """How many messages the stubs have taken, and by what their path begins with."""
        return self.tell_stub("count")

    def tell_stub(self, path: str) -> dict[str, Any]:
        """Have the HTTP stub `break/NAME` or `heal/NAME`; what it has counted so far."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.stub_ports['http']}/{path}") as answer:
            counted: dict[str, Any] = json.loads(answer.read())
            return counted

    def check_stub_took(self, count: int) -> None:
        """Raise MeasureError unless the stubs have taken exactly so many messages."""
        taken = self.stub_took()["taken"]
        if taken != count:
            raise MeasureError(f"{count} messages were to be sent, the provider took {taken}.")

    def stop(self, *names: str) -> None:
        """End processes with SIGTERM and wait for them."""
        for name in names:
            process = self.processes.pop(name, None)
            if process is not None and process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(45)

    def kill(self, name: str) -> None:
        """`kill -9` of a server, or of a process and its children."""
        if name in SERVERS:
            getattr(self.servers, name).kill()
            return
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def start_again(self, name: str) -> None:
        """Start what was killed, as it was started before, and wait until it answers."""
        if name in SERVERS:
            self._start_server(name)
            return
        self._launch(name, self._programs[name])

    def cpu_seconds(self) -> dict[str, float]:
        """CPU time of each server and process so far, without the benchmark's own."""
        servers = {name: getattr(self.servers, name).process for name in SERVERS}
        running = {**servers, **self.processes}
        return {
            name: cpu.seconds_of([process.pid])
            for name, process in running.items()
            if process is not None and name != STUBS
        }

    def check(self) -> None:
        """Raise MeasureError with the log of a process that has ended by itself."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                log = self.home / f"{name}.log"
                raise MeasureError(f"{name} ended with {process.poll()}:\n{_tail(log)}")

    def close(self) -> None:
        """End everything and throw the data away."""
        self.stop(*list(self.processes))
        self.servers.close()

    def _manage(self, *arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *arguments]

    def _start(self, name: str, command: list[str], port: int, more: dict[str, str]) -> int:
        self._programs[name] = Program(command, port, more)
        self._launch(name, self._programs[name])
        return port

    def _start_server(self, name: str) -> None:
        from signalbus.embedded.errors import StackError

        try:
            getattr(self.servers, name).start()
        except StackError as error:
            log = Path(error.log) if error.log else self.home / f"{name}.log"
            raise MeasureError(f"{name} does not start again:\n{_tail(log)}") from error

    def _launch(self, name: str, program: "Program") -> None:
        with (self.home / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                program.command,
                env={**self.environment, **program.settings},
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,  # so that a kill reaches its children too
            )
        self._wait_for(f"http://127.0.0.1:{program.port}/livez", Path(log.name))

    def _wait_for(self, url: str, log: Path, seconds: float = 40.0) -> None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            self.check()
            try:
                with urllib.request.urlopen(url, timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        raise MeasureError(f"{url} does not answer:\n{_tail(log)}")


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-3000:] if log.exists() else "(no log)"


def call(port: int, path: str, body: Any, key: str) -> Any:
    """One POST and its JSON."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1{path}",
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())
