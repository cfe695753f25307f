"""The last resort where Apache Kafka cannot be fetched: librdkafka's mock cluster in a process.

It keeps about 5 MB a partition, forgets all when it ends, has 4 partitions for each stream and no
administration. What it loses is harmless in a trial: an outbox entry that is not settled comes due
again. Its port cannot be chosen, so it writes its address to a file that other units read.
"""

import os
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from confluent_kafka import Producer

from signalbus.embedded.files import private_folder, write_text
from signalbus.embedded.paths import CLONE, Home
from signalbus.embedded.unit import SERVERS, Probe, Unit

WARNING = """\
  ============================ WARNING: TRIAL BROKER ============================
  Apache Kafka's jars cannot be fetched from Maven Central:
    {cause}
  A mock of Kafka inside librdkafka is used instead. It is good for a look
  around only: it keeps about 5 MB a partition and forgets everything when
  stopped. Make the repository reachable, or name a mirror in
  SIGNALBUS_MAVEN_URL, or set KAFKA_BROKERS to a Kafka of yours; then run
  `make down` and `make up`.
  ==============================================================================="""
TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialBroker:
    """The mock cluster of one home. `port` is where it says that it is alive, not its own."""

    home: Home
    port: int

    @property
    def address_file(self) -> Path:
        """Return the file that holds the bootstrap address while the broker runs."""
        return self.home.run / "trial-broker.address"

    @property
    def address(self) -> str:
        """Return the bootstrap address; empty before the broker runs."""
        return self.address_file.read_text("utf-8").strip() if self.address_file.exists() else ""

    @property
    def log(self) -> Path:
        """Return the broker's log file."""
        return self.home.log / "kafka.log"

    def prepare(self) -> None:
        """Forget the address of an earlier run."""
        private_folder(self.home.run)

    def unit(self) -> Unit:
        """Return how the broker is started."""
        command = ("-m", "signalbus.embedded.trial_broker", str(self.address_file), str(self.port))
        return Unit(
            name="kafka",
            argv=(sys.executable, *command),
            cwd=str(CLONE),
            log=str(self.log),
            probe=Probe(port=self.port),
            environment={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
            tier=SERVERS,
            stop_seconds=5.0,
            version="trial broker (librdkafka's mock of Kafka)",
        )

    def birth(self) -> str:
        """Return the address, which is another one after each start."""
        return self.address


def serve(address_file: Path, port: int) -> None:
    """Run the cluster, and accept connections on the port as a sign of life, until SIGTERM."""
    owner = Producer({"test.mock.num.brokers": 1})
    (broker,) = owner.list_topics(timeout=TIMEOUT_SECONDS).brokers.values()
    write_text(address_file, f"{broker.host}:{broker.port}\n")
    with socket.create_server(("127.0.0.1", port)) as door:
        while True:
            door.accept()[0].close()


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _leave)
    serve(Path(sys.argv[1]), int(sys.argv[2]))
