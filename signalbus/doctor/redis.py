"""Redis or Valkey: it answers, and throws nothing away by itself."""

import time
from collections.abc import Iterator

from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from signalbus.doctor.findings import Finding, fail, ok, warn

SECONDS = 3.0
SLOW = 0.5  # share of the time-out that a usual answer may take


def probe() -> Iterator[Finding]:
    """Asked over a connection of its own, with more patience than requests have."""
    if not settings.REDIS_URL:
        says = "REDIS_URL is not set: limits hold for each process alone, hints and caches are off."
        yield warn(says, "Set it to redis://[:password@]host:6379/0.")
        return
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS, protocol=2
        ) as client:
            yield from _asked(client)
    except (RedisError, OSError, ValueError) as error:
        remedy = "Check REDIS_URL and whether the server runs; accepting and sending go on without."
        yield fail(f"Redis does not answer: {error}.", remedy)


def _asked(client: Redis) -> Iterator[Finding]:
    client.ping()
    began = time.monotonic()
    client.ping()
    took = time.monotonic() - began
    info = client.info()
    version = info.get("valkey_version") or info.get("redis_version")
    if took > SLOW * settings.REDIS_TIMEOUT:
        says = f"Redis answers after {took * 1000:.0f} ms."
        yield warn(says, "Bring it nearer, or raise SIGNALBUS_REDIS_TIMEOUT.")
    else:
        yield ok(f"Redis {version} answers in {took * 1000:.1f} ms.")
    policy = info.get("maxmemory_policy", "noeviction")
    if info.get("maxmemory") and policy.startswith("allkeys"):
        says = f"Redis may throw away any key (maxmemory-policy {policy}), also jobs of Celery."
        yield warn(says, "Set maxmemory-policy to volatile-lru or noeviction.")
