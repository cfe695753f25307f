"""One probe for each server: returns if it can be worked with, raises if not."""

from functools import lru_cache
from typing import Any

import psycopg
from confluent_kafka.admin import AdminClient
from django.conf import settings
from redis import Redis

from signalbus.core.probing import LIMIT_SECONDS


class ReadOnlyError(Exception):
    """PostgreSQL answers, but as a standby that takes no writes."""


def postgresql() -> None:
    """A connection of its own, so that a full pool or a broken one says nothing about it."""
    database: dict[str, Any] = settings.DATABASES["default"]
    with psycopg.connect(
        dbname=database["NAME"],
        user=database["USER"],
        password=database["PASSWORD"],
        host=database["HOST"],
        port=database["PORT"],
        connect_timeout=int(LIMIT_SECONDS),
        application_name="signalbus-probe",
        autocommit=True,
    ) as connection:
        row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
    if row and row[0]:
        raise ReadOnlyError("PostgreSQL is a standby: DATABASE_URL must name the primary.")


def redis() -> None:
    """A ping. Where no REDIS_URL is set, there is nothing to miss."""
    if settings.REDIS_URL:
        limits = {"socket_timeout": LIMIT_SECONDS, "socket_connect_timeout": LIMIT_SECONDS}
        with Redis.from_url(settings.REDIS_URL, protocol=2, **limits) as connection:
            connection.ping()


def kafka() -> None:
    """The cluster's metadata, over a connection that is kept."""
    _kafka_client().list_topics(timeout=LIMIT_SECONDS)


@lru_cache(maxsize=1)
def _kafka_client() -> AdminClient:
    return AdminClient(
        {
            "bootstrap.servers": settings.KAFKA_BROKERS,
            "client.id": f"{settings.INSTALLATION}-probe",
            "reconnect.backoff.max.ms": 1000,
            "topic.metadata.refresh.interval.ms": -1,
            "log_level": 0,  # a broker that is away is reported by the probe, not by the library
            **settings.KAFKA_OPTIONS,
        }
    )
