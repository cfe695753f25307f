"""Checks of how the servers are named: can the addresses be read at all?"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from django.conf import settings
from django.core.checks import CheckMessage

from signalbus.checks.words import doubtful, wrong

DATABASE, REDIS, KAFKA = "DATABASE_URL", "REDIS_URL", "KAFKA_BROKERS"
KAFKA_OPTIONS = "SIGNALBUS_KAFKA_OPTIONS"
REDIS_SCHEMES = frozenset({"redis", "rediss", "unix"})
PROTOCOLS = frozenset({"", "plaintext", "ssl", "sasl_plaintext", "sasl_ssl"})
HIGHEST_PORT = 65_535


def check_database() -> Iterator[CheckMessage]:
    """Its scheme and port are looked at when the variable is read."""
    database = settings.DATABASES["default"]
    if not database["NAME"]:
        yield wrong(DATABASE, "names no database.", "End it with /signalbus, the database's name.")


def check_redis() -> Iterator[CheckMessage]:
    """Empty is allowed: everything works, slower."""
    if not settings.REDIS_URL:
        return
    remedy = "Write redis://[:password@]host:6379/0, or rediss:// for TLS."
    address = urlsplit(settings.REDIS_URL)
    if address.scheme not in REDIS_SCHEMES:
        yield wrong(REDIS, "does not begin with redis://, rediss:// or unix://.", remedy)
    elif address.scheme != "unix" and not (address.hostname and _port_is_right(address.netloc)):
        yield wrong(REDIS, "has no host, or a port that is no number.", remedy)


def check_kafka() -> Iterator[CheckMessage]:
    """Each broker is host:port; librdkafka takes 9092 where the port is left out."""
    remedy = "Write host:port with commas, such as kafka1:9092,kafka2:9092."
    for broker in settings.KAFKA_BROKERS.split(","):
        protocol, _, place = broker.strip().rpartition("://")
        host, colon, port = place.rpartition(":") if ":" in place else (place, "", "")
        if protocol.lower() not in PROTOCOLS or not host or (colon and not _is_port(port)):
            yield wrong(KAFKA, f"has {broker.strip()!r}, which is no host:port.", remedy)


def check_kafka_options() -> Iterator[CheckMessage]:
    """Asks librdkafka, which knows its options; no broker is called for that."""
    if not settings.KAFKA_OPTIONS:
        return
    try:
        AdminClient({**settings.KAFKA_OPTIONS, "log_level": 0}, logger=None)
    except KafkaException as error:
        remedy = "See docs/deploying.md for SASL and TLS; a value cannot contain a comma."
        yield wrong(KAFKA_OPTIONS, f"is refused by Kafka's client: {error.args[0].str()}.", remedy)
    if "security.protocol" not in settings.KAFKA_OPTIONS and _names("sasl."):
        what = "has sasl.… without security.protocol: the log-in would not be used."
        yield doubtful(KAFKA_OPTIONS, what, "Add security.protocol=SASL_SSL.")


def _names(beginning: str) -> bool:
    return any(name.startswith(beginning) for name in settings.KAFKA_OPTIONS)


def _port_is_right(place: str) -> bool:
    _, colon, port = place.rpartition("@")[2].rpartition(":")
    return not colon or place.endswith("]") or _is_port(port)


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) <= HIGHEST_PORT
