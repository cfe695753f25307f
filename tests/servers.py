"""Starts PostgreSQL, Valkey and Kafka for a test run, before Django reads its settings.

Loaded as a plugin by name (`-p tests.servers` in pyproject.toml), for a conftest.py comes too late.
Servers named by the environment (DATABASE_URL, REDIS_URL, KAFKA_BROKERS) are used as they are.
"""

import base64
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
SERVERS: Any = None


def pytest_configure(config: pytest.Config) -> None:
    """Keep what was started where fixtures find it."""
    config.stash[servers_key] = SERVERS


servers_key = pytest.StashKey[Any]()


def _start() -> None:
    global SERVERS
    from signalbus.embedded.testing import start_servers

    home = Path(tempfile.mkdtemp(prefix="signalbus-tests-"))
    SERVERS = start_servers(home)
    os.environ.update(SERVERS.environment)


def _prepare() -> None:
    os.environ.setdefault("SIGNALBUS_LOG_LEVEL", "WARNING")
    os.environ.setdefault("SIGNALBUS_SECRET_KEY", "tests-only-" + "x" * 50)
    os.environ.setdefault(
        "SIGNALBUS_ENCRYPTION_KEYS", "tests:" + base64.b64encode(b"t" * 32).decode()
    )
    os.environ.setdefault("SIGNALBUS_STREAM_PREFIX", f"tests{os.getpid()}")
    # All tests come from one address.
    off = "wrong_keys_per_minute=off,keyless_requests_per_minute=off"
    os.environ.setdefault("SIGNALBUS_LIMITS", off)
    # Where the stubs that stand for providers are.
    os.environ.setdefault("SIGNALBUS_OUTBOUND_NETWORKS", "127.0.0.0/8")
    if WORKER:
        os.environ["SIGNALBUS_STREAM_PREFIX"] += WORKER


if not WORKER and "DATABASE_URL" not in os.environ:
    _start()
_prepare()
