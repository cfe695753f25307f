"""The connection to Redis, which only makes things quick and is therefore given little time.

A server that does not answer is asked again once a second at most; in between every command fails
at once, so that a silent Redis costs one time-out a second and process, not one for each command.
"""

import time
from functools import lru_cache
from typing import Any

from django.conf import settings
from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.connection import Connection
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

from signalbus.core.logs import get_logger

PAUSE_SECONDS = 1.0
FAILURES = (RedisError, OSError)

log = get_logger(__name__)


class PatientPool(ConnectionPool):
    """A pool that leaves a server alone for a second after it failed to answer.

    Retries inside the client are off: they would multiply the time-out.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("retry", Retry(NoBackoff(), 0))
        options.setdefault("protocol", 2)
        self._closed_until = 0.0
        super().__init__(*args, **options)

    def get_connection(self, *_: Any, **__: Any) -> Connection:
        """A connection that answers. Raises at once while the server is left alone."""
        self._check()
        try:
            connection = super().get_connection()
        except FAILURES as error:
            self._close(error)
            raise
        self._open()
        return connection

    def _check(self) -> None:
        now = time.monotonic()
        if now < self._closed_until:
            raise RedisConnectionError("Redis did not answer a moment ago: not asked again yet.")
        if self._closed_until:  # this caller asks; the others go on failing quickly meanwhile
            self._closed_until = now + PAUSE_SECONDS

    def _close(self, error: Exception) -> None:
        if not self._closed_until:
            log.warning("redis.away", error=str(error))
        self._closed_until = time.monotonic() + PAUSE_SECONDS

    def _open(self) -> None:
        if self._closed_until:
            log.info("redis.back")
            self._closed_until = 0.0


@lru_cache(maxsize=1)
def client() -> Redis | None:
    """The process's shared client, or None where no REDIS_URL is set."""
    if not settings.REDIS_URL:
        return None
    return Redis(
        connection_pool=PatientPool.from_url(
            settings.REDIS_URL,
            socket_timeout=settings.REDIS_TIMEOUT,
            socket_connect_timeout=settings.REDIS_TIMEOUT,
        )
    )
