"""Lua in Redis for what several processes decide together; whoever calls has another way as well.

One atomic call, one round trip. A Redis that is not there costs what core/redis_pool allows.
"""

from collections.abc import Sequence
from typing import Any

from redis.commands.core import Script
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from signalbus.core.logs import get_logger
from signalbus.core.redis_pool import FAILURES, client
from signalbus.core.timed_cache import TimedCache

COMPLAINT_SECONDS = 60.0

log = get_logger(__name__)
_complaints: TimedCache[str, bool] = TimedCache(seconds=COMPLAINT_SECONDS, size=100)


class SharedScript:
    """A script that Redis keeps after its first use."""

    def __init__(self, name: str, text: str) -> None:
        self._name = name
        self._text = text
        self._script: Script | None = None

    def run(self, keys: Sequence[str], argument: bytes) -> Any:
        """The script's answer; None where Redis is unset, away or refuses to run it."""
        try:
            connection = client()
            if connection is None:
                return None
            if self._script is None:
                self._script = connection.register_script(self._text)
            return self._script(keys=keys, args=[argument], client=connection)
        except FAILURES as error:
            self._complain(error)
            return None

    def _complain(self, error: Exception) -> None:
        """Tell, seldom, of a Redis that answers and refuses; of one that is away the pool tells."""
        away = isinstance(error, (RedisConnectionError, RedisTimeoutError, OSError))
        if isinstance(error, RedisError) and not away and _complaints.peek(self._name) is None:
            _complaints.put(self._name, True)
            log.warning("redis.script_refused", script=self._name, error=str(error))
