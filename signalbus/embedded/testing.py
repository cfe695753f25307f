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
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from signalbus.embedded.child import launch
from signalbus.embedded.errors import StackError
from signalbus.embedded.identity import end_group
from signalbus.embedded.paths import Home, find_home, is_root
from signalbus.embedded.ports import NAMES, choose_ports
from signalbus.embedded.postgres_files import usable_binaries
from signalbus.embedded.probes import answers
from signalbus.embedded.servers import choose_broker, choose_servers
from signalbus.embedded.unit import Probe, Unit

START_SECONDS = 60.0
POLL_SECONDS = 0.05
START_TRIES = 10  # what a killed PostgreSQL leaves takes a moment to end
NO_SYNC = ("-c", "fsync=off", "-c", "full_page_writes=off")
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
        """End all of them and throw their data away."""
        self.kafka.kill()
        self.valkey.kill()
        self.postgres.stop()  # killed, it would leave shared memory behind
        shutil.rmtree(self.home.root, ignore_errors=True)
        if is_root():
            shutil.rmtree(self.home.root_state, ignore_errors=True)


def fetch_programs() -> None:
    """Copy and fetch what `start_servers` would, before several processes call it at once."""
    home = find_home()
    usable_binaries(home)
    choose_broker(home, dict.fromkeys(NAMES, 0), on_trial=False, cache=home.cache)


def start_servers(
    home: Path, ports: Mapping[str, int] | None = None, *, outlive_power_loss: bool = True
) -> Servers:
    """Start PostgreSQL, Valkey and Kafka with their state below the folder.

    What is large and never changes (PostgreSQL's programs, Kafka's jars) is taken from the clone's
    own home and fetched into it if need be. Without Maven Central the trial broker runs instead.
    All of it is stopped and thrown away when the calling process ends. What does not need to
    outlive a loss of power, but only that a server is killed, is written faster.
    """
    state = Home(root=home.resolve())
    ports = ports or choose_ports(state, running=False)
    chosen = choose_servers(state, ports, {}, shared=find_home())
    chosen.prepare()
    units = [server.unit() for server in chosen.embedded()]
    if not outlive_power_loss:
        units[0] = replace(units[0], argv=(*units[0].argv, *NO_SYNC))
    postgres, valkey, kafka = (_running(unit) for unit in units)
    environment = chosen.environment({})
    if chosen.postgres:
        chosen.postgres.ensure_database()
    servers = Servers(
        home=state, postgres=postgres, valkey=valkey, kafka=kafka, environment=environment
    )
    atexit.register(servers.close)
    return servers


def _running(unit: Unit) -> RunningServer:
    running = RunningServer(unit=replace(unit, stop_seconds=START_SECONDS))
    running.start()
    return running


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
