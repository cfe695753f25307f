"""Servers for the tests: the same as `make up` runs, on own ports, in a folder of their own.

They run as children of the calling process, without a supervisor, so that a test may stop, kill and
start them. They die with the process that started them, whatever happens to it.
"""

import atexit
import ctypes
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from signalbus.embedded.child import launch
from signalbus.embedded.errors import StackError
from signalbus.embedded.identity import end_group
from signalbus.embedded.paths import Home, find_home, is_root
from signalbus.embedded.ports import choose_ports
from signalbus.embedded.probes import answers
from signalbus.embedded.servers import Server, choose_servers
from signalbus.embedded.unit import Probe, Unit

START_SECONDS = 60.0
POLL_SECONDS = 0.05
START_TRIES = 10  # what a killed PostgreSQL leaves takes a moment to end
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux's prctl


@dataclass(slots=True, kw_only=True)
class RunningServer:
    """One server that can be stopped, killed and started again on the same port."""

    unit: Unit
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def probe(self) -> Probe:
        """Return how to ask whether the server answers."""
        return self.unit.probe or Probe(port=0)

    @property
    def port(self) -> int:
        """Return the port on 127.0.0.1."""
        return self.probe.port

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises:
            StackError: it ended, or does not answer in time.
        """
        deadline = time.monotonic() + START_SECONDS
        tries = 1
        self.process = launch(self.unit, preexec_fn=_die_with_parent)
        while not answers(self.probe):
            time.sleep(POLL_SECONDS)
            if self.process.poll() is not None and tries < START_TRIES:
                time.sleep(tries * POLL_SECONDS)
                self.process = launch(self.unit, preexec_fn=_die_with_parent)
                tries += 1
            elif self.process.poll() is not None or time.monotonic() > deadline:
                log = Path(self.unit.log)
                raise StackError(f"{self.unit.name} does not start.", log=log, remedy="see the log")

    def stop(self) -> None:
        """Stop the server cleanly; nothing happens if it does not run."""
        self._end(self.unit.stop_signal)

    def kill(self) -> None:
        """End the server at once, as a loss of power would."""
        self._end(signal.SIGKILL)

    def _end(self, number: int) -> None:
        if self.process is None:
            return
        self.process.send_signal(number)
        try:
            self.process.wait(self.unit.stop_seconds)
        except subprocess.TimeoutExpired:
            end_group(self.process.pid)
            self.process.wait()
        self.process = None


@dataclass(slots=True, kw_only=True)
class Servers:
    """The running servers, and the addresses that Signalbus reads from its environment."""

    home: Home
    postgres: RunningServer
    valkey: RunningServer
    kafka: RunningServer
    environment: dict[str, str] = field(default_factory=dict)

    def close(self) -> None:
        """Stop all of them and throw their data away."""
        for server in (self.kafka, self.valkey, self.postgres):
            server.stop()
        shutil.rmtree(self.home.root, ignore_errors=True)
        if is_root():
            shutil.rmtree(self.home.root_state, ignore_errors=True)


def start_servers(home: Path) -> Servers:
    """Start PostgreSQL, Valkey and Kafka with their state below the folder.

    What is large and never changes (PostgreSQL's programs, Kafka's jars) is taken from the clone's
    own home and fetched into it if need be. Without Maven Central the trial broker runs instead.
    All of it is stopped and thrown away when the calling process ends.
    """
    state = Home(root=home.resolve())
    chosen = choose_servers(state, choose_ports(state, running=False), {}, shared=find_home())
    chosen.prepare()
    running = [_running(server) for server in chosen.embedded()]
    environment = chosen.environment({})
    if chosen.postgres:
        chosen.postgres.ensure_database()
    servers = Servers(
        home=state,
        postgres=running[0],
        valkey=running[1],
        kafka=running[2],
        environment=environment,
    )
    atexit.register(servers.close)
    return servers


def _running(server: Server) -> RunningServer:
    running = RunningServer(unit=replace(server.unit(), stop_seconds=START_SECONDS))
    running.start()
    return running


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
