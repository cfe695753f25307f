"""A real process of the live stream, and changes for it to tell."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from notifications.models import Delivery
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.history_rows import make_delivery, make_notification
from tests.delivery.live.listening import Stream, close_all
from tests.make import make_key
from tests.ports import free_port
from tests.processes import Process, Processes, eventually


@dataclass(slots=True, kw_only=True)
class Streaming:
    """The process, its port, and acme's keys."""

    process: Process
    port: int
    key: str
    test_key: str

    def listen(self, key: str | None = None, **more: Any) -> Stream:
        """A stream that has begun."""
        return Stream(self.port, key or self.key, **more).open()

    def ask(self, key: str | None, **more: Any) -> Stream:
        """A request that may be refused."""
        return Stream(self.port, key, **more)


@pytest.fixture(scope="session")
def process(
    django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Process, int]]:
    """A process of the stream that many tests share, and its port."""
    started = Processes(tmp_path_factory.mktemp("stream"))
    yield _start(started)
    started.end()


@pytest.fixture
def streaming(process: tuple[Process, int], acme: TenantIdentity) -> Iterator[Streaming]:
    """That process; all streams are over after the test."""
    found = _streaming(acme, *process)
    yield found
    close_all()
    eventually(lambda: b"stream_listeners 0.0" in found.process.read("metrics"))


@pytest.fixture
def start(processes: Processes, acme: TenantIdentity) -> Iterator[Callable[[], Streaming]]:
    """Starts a process of the test's own, which it may kill."""
    yield lambda: _streaming(acme, *_start(processes))
    close_all()


def _start(processes: Processes) -> tuple[Process, int]:
    port = free_port()
    return processes.command("run_stream", "--port", str(port)), port


def _streaming(tenant: TenantIdentity, process: Process, port: int) -> Streaming:
    return Streaming(
        process=process,
        port=port,
        key=make_key(tenant, scopes=("read",)),
        test_key=make_key(tenant, mode="test", scopes=("read",)),
    )


def made(tenant: TenantIdentity, **fields: Any) -> Delivery:
    """A delivery that waits, with its notification's fields too."""
    topic, mode = fields.pop("topic", "order.shipped"), fields.pop("mode", "live")
    notification = make_notification(tenant, status="queued", topic=topic, mode=mode)
    return make_delivery(tenant, notification, **fields)


def move(tenant: TenantIdentity, *deliveries: Delivery, **fields: Any) -> None:
    """All of them are changed by one statement."""
    with in_tenant(tenant):
        Delivery.objects.filter(id__in=[each.id for each in deliveries]).update(**fields)
