"""A real process of the live stream, and changes for it to tell."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from notifications.models import Delivery
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.history_rows import make_delivery, make_notification
from tests.delivery.live.listening import Stream
from tests.make import make_key
from tests.ports import free_port
from tests.processes import Process, Processes

Make = Callable[..., Delivery]


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


@pytest.fixture
def start(processes: Processes, acme: TenantIdentity) -> Callable[..., Streaming]:
    """Starts a process of the stream."""

    def started(**environment: str) -> Streaming:
        port = free_port()
        process = processes.command("run_stream", "--port", str(port), **environment)
        return Streaming(
            process=process,
            port=port,
            key=make_key(acme, scopes=("read",)),
            test_key=make_key(acme, mode="test", scopes=("read",)),
        )

    return started


@pytest.fixture
def streaming(start: Callable[..., Streaming]) -> Streaming:
    """A process of the stream."""
    return start()


def made(tenant: TenantIdentity, **fields: Any) -> Delivery:
    """A delivery that waits, with its notification's fields too."""
    topic, mode = fields.pop("topic", "order.shipped"), fields.pop("mode", "live")
    notification = make_notification(tenant, status="queued", topic=topic, mode=mode)
    return make_delivery(tenant, notification, **fields)


def move(tenant: TenantIdentity, *deliveries: Delivery, **fields: Any) -> None:
    """All of them are changed by one statement."""
    with in_tenant(tenant):
        Delivery.objects.filter(id__in=[each.id for each in deliveries]).update(**fields)
