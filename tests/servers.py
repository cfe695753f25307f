"""Starts PostgreSQL, Valkey and Kafka for a test run, before Django reads its settings.

Loaded as a plugin by name (`-p tests.servers` in pyproject.toml), for a conftest.py comes too late.
Each of pytest-xdist's workers starts its own, so that a test may kill them. Servers named by the
environment (DATABASE_URL, REDIS_URL, KAFKA_BROKERS) are used as they are.
"""

import base64
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from signalbus.embedded.checks import NO_SERVERS
from signalbus.embedded.ports import NAMES
from signalbus.embedded.testing import Servers, fetch_programs, start_servers
from tests.ports import free_port

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")
ADDRESSES = ("DATABASE_URL", "REDIS_URL", "KAFKA_BROKERS")
NOWHERE = {name: NO_SERVERS[name] for name in ADDRESSES}

servers_key = pytest.StashKey[Servers | None]()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[Any]:
    """Start what this process needs; a process that only hands tests out needs none."""
    servers = None
    if os.environ.get("DATABASE_URL", NOWHERE["DATABASE_URL"]) == NOWHERE["DATABASE_URL"]:
        if _hands_out(early_config.known_args_namespace):
            fetch_programs()
            os.environ.update(NOWHERE)
        else:
            servers = _start()
    early_config.stash[servers_key] = servers
    _prepare()
    return (yield)


def _hands_out(options: Any) -> bool:
    return not WORKER and bool(getattr(options, "numprocesses", 0))


def _start() -> Servers:
    home = Path(tempfile.mkdtemp(prefix="signalbus-tests-"))
    ports = {name: free_port() for name in NAMES}
    servers = start_servers(home, ports, outlive_power_loss=False)
    os.environ.update(servers.environment)
    return servers


def _prepare() -> None:
    os.environ.setdefault("SIGNALBUS_LOG_LEVEL", "WARNING")
    os.environ.setdefault("SIGNALBUS_SECRET_KEY", "tests-only-" + "x" * 50)
    os.environ.setdefault(
        "SIGNALBUS_ENCRYPTION_KEYS", "tests:" + base64.b64encode(b"t" * 32).decode()
    )
    os.environ.setdefault("SIGNALBUS_STREAM_PREFIX", f"tests{os.getpid()}")
    # All tests come from one address, and log in as the same few people.
    off = (
        "wrong_keys_per_minute=off,keyless_requests_per_minute=off,log_ins_per_minute=off,"
        "log_ins_per_hour=off,strange_log_ins_per_hour=off,codes_per_hour=off,"
        "password_links_per_hour=off"
    )
    os.environ.setdefault("SIGNALBUS_LIMITS", off)
    # Web processes send on to it whoever wants the live stream.
    os.environ.setdefault("SIGNALBUS_STREAM_URL", "http://localhost:8001")
    # Where the stubs that stand for providers are.
    os.environ.setdefault("SIGNALBUS_OUTBOUND_NETWORKS", "127.0.0.0/8")
    if WORKER:
        os.environ["SIGNALBUS_STREAM_PREFIX"] += WORKER
