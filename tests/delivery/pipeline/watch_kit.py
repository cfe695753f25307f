"""A policy that waits for receipts, what is asked under it, and what its deliveries became."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from delivery.receipts.apply import apply
from delivery.receipts.events import EventKind, ReceiptEvent
from notifications.models import Delivery, PolicyChannel
from signalbus.bus.models import OutboxEntry
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.pipeline.kit import Line, settle
from tests.door import Api
from tests.make import make_account, make_policy

SECONDS = 60
ANA = {"id": "ana", "email": "ana@example.org", "phone": "+33612345678"}


def make_watching(tenant: TenantIdentity, fallbacks: Sequence[str] = (), **fields: Any) -> None:
    """`person.greeted` goes by e-mail and waits a minute for its receipt."""
    fields = {"watch_seconds": SECONDS, **fields}
    policy = make_policy(tenant, channels=("email", *fallbacks), **fields)
    with in_tenant(tenant):
        PolicyChannel.objects.filter(policy=policy, channel__in=fallbacks).update(fallback=True)


def make_two(tenant: TenantIdentity) -> None:
    """The tenant may send e-mail by a first and a second account."""
    make_account(tenant, name="first")
    make_account(tenant, name="second", position=1)


def greet(api: Api, person: Any = ANA, **more: Any) -> str:
    """POST /notify; the notification's id."""
    body = {"topic": "person.greeted", "recipient": person, "data": {"name": "Ana"}, **more}
    answer = api.post("/notify", body)
    assert answer.status == 202, answer
    return str(answer.body["id"])


def sent(line: Line, *, then: float = SECONDS) -> None:
    """All that is due has been sent by e-mail, and so many seconds have passed."""
    line.deliver()
    line.pass_time(then)


def work(line: Line, *channels: str) -> None:
    """Whatever is due is done, by the workers of these channels, until nothing is."""
    workers = [line.worker(channel) for channel in channels or ("email", "sms")]
    for _ in range(10):
        if not line.publish():
            return
        for worker in workers:
            settle(worker)
    raise AssertionError("There was always something due.")


def receipt(line: Line, kind: EventKind = EventKind.DELIVERED, number: int = 1) -> None:
    """The provider's word, by a hook, on the attempt made first, second, and so on."""
    made = line.attempts()
    attempt = sorted(made, key=lambda each: each.id)[number - 1]
    event = ReceiptEvent(
        event_id=str(uuid4()),
        kind=kind,
        attempt=attempt.id,
        delivery=attempt.delivery_id,
        occurred_at=datetime.now(UTC),
    )
    assert attempt.account_id is not None
    apply(line.tenant.schema, attempt.account_id, [event])


def states(line: Line) -> list[tuple[str, str]]:
    """(channel, status) of each delivery, the oldest first."""
    with in_tenant(line.tenant):
        return list(Delivery.objects.order_by("id").values_list("channel", "status"))


def watches() -> list[OutboxEntry]:
    return list(OutboxEntry.objects.filter(purpose="watch"))
