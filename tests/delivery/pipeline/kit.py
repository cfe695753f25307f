"""A line without Kafka: the relay's own statements, a queue, and workers that read from it."""

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

from django.db import connection

from delivery.errors import DeliveryError, ErrorClass
from delivery.models import Attempt, DeadLetter
from delivery.pipeline.verdicts import Rules
from delivery.pipeline.worker import Worker
from delivery.providers import registry
from delivery.providers.account import SIMULATOR, Account
from delivery.providers.base import Accepted, Message, Outcome, Provider
from delivery.retry_rules import RetryRules
from notifications.models import Delivery, Notification
from signalbus.bus.envelope import VERSION, Envelope
from signalbus.bus.lines_sql import HOLDS, IN_FORCE
from signalbus.bus.models import OutboxEntry
from signalbus.bus.received import Received
from signalbus.bus.streams import DELIVERY_STREAMS, Channel, Lane, stream_of
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.door import Api

RULES = Rules(
    retry=RetryRules(installation={"first": 10.0, "factor": 3.0, "longest": 3600.0, "tries": 3}),
    pauses=[timedelta(seconds=60), timedelta(seconds=300)],
    random=lambda: 0.5,
)

# As the relay: what is due and not paused, or claimed, in the order of its time.
PUBLISH = f"""
WITH due AS (
    SELECT id, available_at AS due_at FROM public.bus_outboxentry entry
    WHERE available_at <= clock_timestamp() AND stream <> 'dead' AND (
        claim IS NOT NULL OR NOT EXISTS (
            SELECT FROM public.bus_linepause pause
            WHERE pause.tenant_id = entry.tenant_id AND pause.stream IN ('', entry.stream)
                AND {IN_FORCE} AND ({HOLDS} OR entry.reserved_account IS NULL)
        )
    )
), leased AS (
    UPDATE public.bus_outboxentry entry SET generation = generation + 1, published = true,
        available_at = clock_timestamp() + interval '120 seconds'
    FROM due WHERE entry.id = due.id
    RETURNING entry.*, due.due_at
)
SELECT stream, tenant_id, id, generation, purpose, trace FROM leased ORDER BY due_at, id
"""


class Queue:
    """A stream's messages in memory: `poll` as Kafka gives them, with all that were polled kept."""

    def __init__(self) -> None:
        self.waiting: deque[Received] = deque()
        self.seen: list[Received] = []
        self.committed: list[Received] = []
        self.closed = False

    def put(self, envelope: Envelope) -> None:
        self.waiting.append(Received(envelope, 0, len(self.seen) + len(self.waiting)))

    def poll(self, limit: int, timeout: float) -> list[Received]:
        polled = [self.waiting.popleft() for _ in range(min(limit, len(self.waiting)))]
        self.seen += polled
        return polled

    def commit(self, received: Sequence[Received]) -> None:
        self.committed += received

    def close(self) -> None:
        self.closed = True


class Scripted(Provider):
    """Answers as the test says, by address; what is not said is accepted."""

    kind = "scripted"
    channels = (Channel.EMAIL, Channel.SMS)
    max_batch: ClassVar[int] = 500
    reconciles: ClassVar[bool] = True

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self.answers: dict[str, deque[Outcome]] = defaultdict(deque)
        self.known: dict[str, Outcome | None] = {}
        self.sent: list[Message] = []
        self.asked: list[Message] = []
        self.gate = threading.Event()
        self.gate.set()

    def send_one(self, message: Message) -> Outcome:
        self.sent.append(message)
        self.gate.wait(10)
        answers = self.answers[message.to]
        return answers.popleft() if answers else Accepted(reference=f"ref-{message.attempt}")

    def reconcile(self, message: Message) -> Outcome | None:
        self.asked.append(message)
        return self.known.get(message.to)


@dataclass(slots=True)
class Line:
    """Queues by stream, the provider that every account leads to, and what the tests ask."""

    tenant: TenantIdentity
    provider: Scripted
    queues: dict[str, Queue] = field(
        default_factory=lambda: {stream: Queue() for stream in DELIVERY_STREAMS}
    )

    def worker(self, channel: str = "email", max_in_flight: int = 8) -> Worker:
        sources = {lane.value: self.queues[stream_of(channel, lane)] for lane in Lane}
        return Worker(channel, sources, max_in_flight=max_in_flight, rules=RULES)

    def publish(self) -> list[Envelope]:
        """What the relay does, into the queues."""
        with connection.cursor() as cursor:
            cursor.execute(PUBLISH)
            published = cursor.fetchall()
        envelopes = []
        for stream, tenant, entry, generation, purpose, trace in published:
            envelope = Envelope(
                v=VERSION,
                tenant=tenant,
                entry=entry,
                generation=generation,
                purpose=purpose,
                trace=trace,
            )
            self.queues[stream].put(envelope)
            envelopes.append(envelope)
        return envelopes

    def deliver(self, channel: str = "email") -> Worker:
        """Publish what is due, and let a worker do all it can."""
        self.publish()
        worker = self.worker(channel)
        settle(worker)
        return worker

    def pass_time(self, seconds: float) -> None:
        """What waits, waits so much less."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE public.bus_outboxentry SET available_at = available_at - %(ago)s,"
                " claimed_at = claimed_at - %(ago)s, reserved_at = reserved_at - %(ago)s",
                {"ago": timedelta(seconds=seconds)},
            )
            cursor.execute(
                "UPDATE public.bus_linepause SET until = until - %(ago)s",
                {"ago": timedelta(seconds=seconds)},
            )
            schema = connection.ops.quote_name(self.tenant.schema)
            cursor.execute(
                f"UPDATE {schema}.delivery_attempt SET started_at = started_at - %(ago)s",
                {"ago": timedelta(seconds=seconds)},
            )

    def delivery(self, notification: Any = None) -> Delivery:
        """The only delivery, or that of a notification."""
        where = {"notification_id": notification} if notification else {}
        with in_tenant(self.tenant):
            return Delivery.objects.get(**where)

    def notification(self) -> Notification:
        with in_tenant(self.tenant):
            return Notification.objects.get()

    def attempts(self) -> list[Attempt]:
        with in_tenant(self.tenant):
            return list(Attempt.objects.order_by("number", "id"))

    def letters(self) -> list[DeadLetter]:
        with in_tenant(self.tenant):
            return list(DeadLetter.objects.all())

    def entry(self) -> OutboxEntry | None:
        """The only place in the line."""
        return OutboxEntry.objects.exclude(stream="dead").first()


def ask(api: Api, to: str = "ana@example.org", **more: Any) -> str:
    """POST /notifications with content of its own; the notification's id."""
    channel = more.get("channel") or ("email" if "@" in to else "sms")
    body = {"channel": channel, "to": to, "text": "Hello {{ name }}", "data": {"name": "Ana"}}
    if channel == "email":
        body["subject"] = "Hi {{ name }}"
    given = {name: value for name, value in {**body, **more}.items() if value}
    answer = api.post("/notifications", given)
    assert answer.status == 202, answer
    return str(answer.body["id"])


def settle(worker: Worker, rounds: int = 200) -> None:
    """Steps until the worker has nothing in its hands."""
    quiet = 0
    for _ in range(rounds):
        quiet = 0 if worker.step() or not worker.is_idle else quiet + 1
        if quiet == 2:
            return
    raise AssertionError("The worker did not come to rest.")


def lead_everything_to(provider: Provider, monkeypatch: Any) -> None:
    """Every account's driver is this one."""

    def driver(account: Account) -> Provider:
        provider.account = account
        return provider

    monkeypatch.setattr(registry, "driver", driver)


class Fleet:
    """A scripted provider for each account, by the account's name; `broken` ones answer 503."""

    def __init__(self, monkeypatch: Any) -> None:
        self._providers: dict[str, Scripted] = {}
        self.broken: set[str] = set()
        monkeypatch.setattr(registry, "driver", self._driver)

    def __getitem__(self, name: str) -> Scripted:
        return self._providers[name]

    def calls(self, name: str) -> int:
        """How many messages the account was given."""
        return len(self._providers[name].sent) if name in self._providers else 0

    def _driver(self, account: Account) -> Provider:
        provider = self._providers.get(account.name)
        if provider is None:
            provider = self._providers[account.name] = OneOfFleet(account, self)
        provider.account = account
        return provider


class OneOfFleet(Scripted):
    """Takes messages one by one, as most providers do."""

    max_batch: ClassVar[int] = 1

    def __init__(self, account: Account, fleet: Fleet) -> None:
        super().__init__(account)
        self._fleet = fleet

    def send_one(self, message: Message) -> Outcome:
        if self.account.name in self._fleet.broken:
            self.sent.append(message)
            return DeliveryError(error_class=ErrorClass.PROVIDER_DOWN, code="503", detail="Broken.")
        return super().send_one(message)


def scripted() -> Scripted:
    return Scripted(SIMULATOR)


def until(true: Callable[[], object], worker: Worker, rounds: int = 200) -> None:
    """Steps until something is true."""
    for _ in range(rounds):
        if true():
            return
        worker.step()
    raise AssertionError("It did not become so.")
