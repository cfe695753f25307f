"""What `make up` is about to run, worked out before anything is started."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from signalbus.embedded.code import code_stamp
from signalbus.embedded.environment import process_environment
from signalbus.embedded.errors import StackError
from signalbus.embedded.paths import CLONE, Home
from signalbus.embedded.ports import choose_http_port, choose_ports, comes_free
from signalbus.embedded.processes import process_units
from signalbus.embedded.servers import Servers, choose_servers
from signalbus.embedded.stack import supervisor
from signalbus.embedded.supervisor import wanted_units
from signalbus.embedded.trial_broker import TrialBroker
from signalbus.embedded.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Servers and processes of one home and one state of the code; processes share `common`."""

    home: Home
    servers: Servers
    server_units: list[Unit]
    process_units: list[Unit]
    common: Unit
    http_port: int

    @property
    def units(self) -> list[Unit]:
        """Return everything that has to run, in order."""
        return [*self.server_units, *self.process_units]

    @property
    def trial(self) -> bool:
        """Return whether the trial broker stands in for Apache Kafka."""
        return isinstance(self.servers.kafka, TrialBroker)

    def command_environment(self) -> dict[str, str]:
        """Return the environment of a command; addresses known late are in it once servers run."""
        return self.common.resolved_environment()

    @property
    def code(self) -> str:
        """Return the stamp of the code on disk."""
        return self.common.code


def make_plan(home: Home, outer: Mapping[str, str] = os.environ) -> Plan:
    """Choose ports and servers, and make the servers' folders.

    Raises:
        StackError: the HTTP port is taken by a stranger, or is no port; a folder cannot be made.
    """
    running = {unit.name: unit for unit in wanted_units(home)} if supervisor(home) else {}
    ports = {**choose_ports(home, running=bool(running)), "http": choose_http_port(home, outer)}
    _check_http_port(ports["http"], running.get("web"))
    servers = choose_servers(home, ports, outer, _on_trial(running))
    servers.prepare()
    return _plan(home, servers, ports, process_environment(home, servers, ports["http"], outer))


def _on_trial(units: Mapping[str, Unit]) -> bool:
    return "kafka" in units and units["kafka"].version.startswith("trial")


def _plan(
    home: Home, servers: Servers, ports: Mapping[str, int], environment: dict[str, str]
) -> Plan:
    # Without a proxy, web processes send on whoever wants the live stream.
    environment = {"SIGNALBUS_STREAM_URL": f"http://localhost:{ports['stream']}", **environment}
    files = servers.environment_files()
    if files:
        environment = {**environment, "SIGNALBUS_STREAM_PARTITIONS": "4"}  # all that a mock has
    common = Unit(
        name="",
        argv=(),
        cwd=str(CLONE),
        log="",
        environment=environment,
        environment_files=files,
        code=code_stamp(),
    )
    return Plan(
        home=home,
        servers=servers,
        server_units=servers.units(),
        process_units=process_units(home, ports, common),
        common=common,
        http_port=ports["http"],
    )


def _check_http_port(port: int, web: Unit | None) -> None:
    ours = web is not None and web.probe is not None and web.probe.port == port
    if not ours and not comes_free(port):
        raise StackError(
            f"port {port} on 127.0.0.1, where Signalbus is to answer, is taken by another program.",
            remedy=f"end that program, or take another port: SIGNALBUS_PORT={port + 1} make up",
        )
