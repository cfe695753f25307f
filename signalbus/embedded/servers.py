"""Which servers the stack runs itself, and which are outside ones."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from signalbus.embedded.kafka import Kafka
from signalbus.embedded.kafka_jars import fetch_jars, kept_jars
from signalbus.embedded.paths import Home
from signalbus.embedded.postgres import Postgres
from signalbus.embedded.postgres_files import usable_binaries
from signalbus.embedded.progress import say, step
from signalbus.embedded.secrets_store import keep_secrets
from signalbus.embedded.trial_broker import WARNING, TrialBroker
from signalbus.embedded.unit import Unit
from signalbus.embedded.valkey import Valkey

Server = Postgres | Valkey | Kafka | TrialBroker


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """The embedded servers; None where the environment names an outside one."""

    postgres: Postgres | None
    valkey: Valkey | None
    kafka: Kafka | TrialBroker | None

    def embedded(self) -> list[Server]:
        """Return those that are run here, in the order of their start."""
        return [each for each in (self.postgres, self.valkey, self.kafka) if each is not None]

    def prepare(self) -> None:
        """Make data folders and configurations, whatever is missing."""
        for server in self.embedded():
            server.prepare()

    def units(self) -> list[Unit]:
        """Return how they are started."""
        return [server.unit() for server in self.embedded()]

    def births(self) -> list[str]:
        """Return what changes when a server's data are made anew."""
        return [server.birth() for server in self.embedded()]

    def environment(self, outside: Mapping[str, str] = os.environ) -> dict[str, str]:
        """Return the addresses that Signalbus's processes read, of embedded and outside servers."""
        embedded = {
            "DATABASE_URL": self.postgres.url if self.postgres else "",
            "REDIS_URL": self.valkey.url if self.valkey else "",
            "KAFKA_BROKERS": self.kafka.address if self.kafka else "",
        }
        return {name: value or outside.get(name, "") for name, value in embedded.items()}

    def environment_files(self) -> dict[str, str]:
        """Return addresses that are known only once a server runs, as the files they stand in."""
        if not isinstance(self.kafka, TrialBroker):
            return {}
        return {"KAFKA_BROKERS": str(self.kafka.address_file)}


def choose_servers(
    home: Home,
    ports: Mapping[str, int],
    outside: Mapping[str, str] = os.environ,
    on_trial: bool = False,
    shared: Home | None = None,
) -> Servers:
    """Return an embedded server for each address that the environment does not name.

    `on_trial` says that the trial broker runs, which is not replaced under running processes.
    `shared` is the home whose programs and downloads are used, if not this one.
    """
    secrets = keep_secrets(home)
    postgres = Postgres(
        home=home,
        port=ports["postgres"],
        password=secrets["postgres"],
        programs=usable_binaries(shared or home),
    )
    valkey = Valkey(home=home, port=ports["valkey"], password=secrets["valkey"])
    return Servers(
        postgres=None if outside.get("DATABASE_URL") else postgres,
        valkey=None if outside.get("REDIS_URL") else valkey,
        kafka=None
        if outside.get("KAFKA_BROKERS")
        else choose_broker(home, ports, on_trial, (shared or home).cache),
    )


def choose_broker(
    home: Home, ports: Mapping[str, int], on_trial: bool, cache: Path
) -> Kafka | TrialBroker:
    """Return Apache Kafka, or the trial broker, with a warning, where it cannot be fetched."""
    jars = [] if on_trial else kept_jars(cache) or _fetched(cache)
    if not jars:
        return TrialBroker(home=home, port=ports["kafka"])
    controller = ports["kafka_controller"]
    return Kafka(home=home, port=ports["kafka"], controller_port=controller, jars=tuple(jars))


def _fetched(cache: Path) -> list[Path]:
    try:
        with step("Fetching Apache Kafka from Maven Central (44 MB)"):
            return fetch_jars(cache)
    except (OSError, RuntimeError, ValueError) as problem:
        say(WARNING.format(cause=problem))
        return []
