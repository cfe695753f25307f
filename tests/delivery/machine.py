"""A line, workers and providers whose every act a property test may order as it likes.

The functions are the real ones over the real database; only Kafka is a queue in memory, and a
provider's call is cut into its beginning and its end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from delivery import accounts
from delivery import redrive as redriving
from delivery.breaker import breakers
from delivery.breaker_rule import IN_A_ROW, State
from delivery.errors import DeliveryError
from delivery.models import DeadLetter, ProviderAccount, Redrive, RedrivenDelivery
from delivery.pipeline.bulkhead import UNBOUNDED
from delivery.pipeline.items import Call, Finished
from delivery.pipeline.worker import Worker
from delivery.providers.base import Accepted, Outcome, Provider
from delivery.receipts.apply import apply
from delivery.receipts.effects import TARGETS
from delivery.receipts.events import EventKind, ReceiptEvent
from notifications.models import Action, Delivery, Notification
from notifications.states import MOVES, OPEN, Status, status_of_all
from signalbus.bus.models import OutboxEntry
from signalbus.bus.purposes import Purpose
from tenants.context import in_tenant
from tests.delivery.pipeline.kit import Line, ask
from tests.delivery.pipeline.watch_kit import greet
from tests.door import Api

EMPTIED = (
    "delivery_attempt",
    "delivery_receipt",
    "delivery_deadletter",
    "delivery_redrivendelivery",
    "delivery_redrive",
    "delivery_sandboxmessage",
    "notifications_action",
    "notifications_delivery",
    "notifications_notification",
    "notifications_suppression",
)


@dataclass(slots=True)
class Begun:
    """A call that the provider has got."""

    call: Call
    refused: bool = False


@dataclass(slots=True)
class Calls:
    """In the dispatcher's place: nothing begins or ends by itself."""

    handed: list[Call] = field(default_factory=list)
    begun: list[Call] = field(default_factory=list)
    ended: list[Finished] = field(default_factory=list)

    @property
    def free(self) -> int:
        return 100

    @property
    def busy(self) -> int:
        return len(self.handed) + len(self.begun) + len(self.ended)

    def room(self, account: UUID) -> int:
        return 100

    def trial(self, account: UUID) -> int:
        return 100

    def patience(self, account: UUID) -> int:
        return UNBOUNDED

    def submit(self, provider: Provider, calls: Sequence[Call], offset: timedelta) -> None:
        """No send by an account that is to be left alone."""
        account = provider.account.id
        is_open = breakers().states([account])[account].state is State.OPEN
        assert not is_open or all(call.reconciles for call in calls)
        self.handed += calls

    def finished(self, timeout: float) -> list[Finished]:
        ended, self.ended = self.ended, []
        return ended

    def close(self) -> None:
        """Nothing runs."""


class World:
    """The acts, and what must be true after each of them."""

    def __init__(self, api: Api, line: Line, *channels: str) -> None:
        """With a worker for each of the channels, of which one may be named twice."""
        self.api, self.line, self.channels = api, line, channels
        self.sent: dict[str, list[Begun]] = {}
        self.states: dict[UUID, Status] = {}
        self.told: dict[UUID, Status] = {}  # what a bad receipt made of a delivery
        self.arrived: dict[UUID, set[UUID]] = {}  # notification → attempts then under way
        with in_tenant(line.tenant):
            ours = ProviderAccount.objects.filter(channel__in=channels)
            self.accounts = list(ours.values_list("id", flat=True))
        self._empty()
        self.workers = [self._new_worker(channel) for channel in channels]

    # --- acts

    def accept(self, to: str) -> None:
        ask(self.api, to=to)

    def greet(self, name: str, phone: str) -> None:
        """As `accept`, under the policy that waits for receipts."""
        person = {"id": name, "email": f"{name}@example.org", "phone": phone}
        greet(self.api, {key: value for key, value in person.items() if value})

    def redeliver(self, number: int) -> None:
        """A message that was polled before comes again, however old it is."""
        for queue in self.line.queues.values():
            if queue.seen:
                queue.waiting.append(queue.seen[number % len(queue.seen)])

    def begin(self, number: int) -> None:
        """A thread takes up a call, if its claim still holds."""
        worker = self._some(number, lambda each: each.handed)
        if worker is not None:
            self._begin(worker, number)

    def _begin(self, worker: Worker, number: int) -> None:
        calls = _calls(worker)
        call = calls.handed.pop(number % len(calls.handed))
        if not worker._claims.holds(call.attempt):
            calls.ended.append(_finished(call, None, begun=False))
            return
        self._check_begin(call)
        calls.begun.append(call)

    def end(self, number: int, outcome: Outcome | None) -> None:
        """The provider answers."""
        worker = self._some(number, lambda each: each.begun)
        if worker is not None:
            self._end(worker, number, outcome)

    def _end(self, worker: Worker, number: int, outcome: Outcome | None) -> None:
        calls = _calls(worker)
        call = calls.begun.pop(number % len(calls.begun))
        if not call.reconciles:
            outcome = outcome or Accepted(reference=str(call.attempt))
            self._note(call, outcome)
        calls.ended.append(_finished(call, outcome))

    def go_well(self) -> None:
        """Whatever is due is sent."""
        self.line.publish()
        for number, worker in enumerate(self.workers):
            worker.step()
            while _calls(worker).handed:
                self._begin(worker, number)
            while _calls(worker).begun:
                self._end(worker, number, None)
            worker.step()

    def crash(self, number: int) -> None:
        """A worker is gone, with whatever it knew; another begins."""
        place = number % len(self.workers)
        self.workers[place] = self._new_worker(self.channels[place])

    def pass_time(self, seconds: float) -> None:
        self.line.pass_time(seconds)
        for worker in self.workers:
            for attempt in worker._claims._until:
                worker._claims._until[attempt] -= seconds

    def break_down(self, number: int) -> None:
        """An account's provider fails, as other processes have seen."""
        breakers().note([(self._account(number), True)] * IN_A_ROW)

    def mend(self, number: int) -> None:
        breakers().reset(self._account(number))

    def limit(self, number: int, per_second: float | None) -> None:
        """An operator changes how much an account may send."""
        with in_tenant(self.line.tenant):
            ProviderAccount.objects.filter(id=self._account(number)).update(per_second=per_second)
        accounts.forget()

    def cancel(self, number: int) -> None:
        notification = self._some_notification(number)
        if notification is not None:
            assert self.api.post(f"/notifications/{notification}/cancel").status in (200, 409)

    def redrive(self, number: int) -> None:
        notification = self._some_notification(number)
        if notification is not None:
            with in_tenant(self.line.tenant):
                redriven = redriving.redrive("live", [notification], "a test")
            for delivery in redriven.deliveries:
                self.told.pop(delivery, None)

    def redrive_all(self, rate: float | None) -> None:
        """Whatever can be redriven, at once or one after the other."""
        asked = {"filter": {"created_after": "2020-01-01T00:00:00Z"}, "rate_per_second": rate}
        answer = self.api.post("/redrives", asked)
        assert answer.status == 202, answer
        with in_tenant(self.line.tenant):
            taken = RedrivenDelivery.objects.filter(redrive_id=answer.body["id"])
            for delivery in taken.values_list("delivery_id", flat=True):
                self.told.pop(delivery, None)

    def stop_redrive(self) -> None:
        """What has not begun of the latest is as it was before."""
        with in_tenant(self.line.tenant):
            latest = Redrive.objects.first()
        if latest is not None:
            assert self.api.post(f"/redrives/{latest.id}/stop").status in (200, 409)

    def receipt(self, number: int, kind: EventKind) -> None:
        """The provider's word on some call that it has got."""
        known = [begun.call for calls in self.sent.values() for begun in calls]
        if known:
            call = known[number % len(known)]
            assert call.account is not None
            event = ReceiptEvent(
                event_id=str(uuid4()),
                kind=kind,
                attempt=call.attempt,
                delivery=call.entry,
                occurred_at=datetime.now(UTC),
            )
            if apply(self.line.tenant.schema, call.account.id, [event]):
                self.told[call.entry] = TARGETS[kind]
                if kind is EventKind.DELIVERED:
                    under_way = {
                        each.attempt for one in self.workers for each in _calls(one).handed
                    }
                    self.arrived.setdefault(call.item.facts.notification, under_way)

    # --- what must be true

    def check(self) -> None:
        """One entry for an open delivery and none for a settled one; no act makes an illegal move.

        What a receipt has told stays until a redrive or another receipt. A delivery falls over
        once, and a notification has one on each channel.
        """
        with in_tenant(self.line.tenant):
            deliveries = list(Delivery.objects.all())
            statuses = dict(Notification.objects.values_list("id", "status"))
            letters = set(
                DeadLetter.objects.filter(redriven_at=None, acknowledged_at=None).values_list(
                    "delivery_id", flat=True
                )
            )
            fell = list(
                Action.objects.filter(verb="fall_over").values_list("deliveries", flat=True)
            )
        entries = list(
            OutboxEntry.objects.exclude(stream="dead")
            .exclude(purpose=Purpose.WATCH)
            .values_list("delivery", flat=True)
        )
        still_open = {each.id for each in deliveries if Status(each.status) in OPEN}
        assert sorted(entries) == sorted(still_open)
        assert letters == {each.id for each in deliveries if each.status == Status.DEAD}
        for delivery in deliveries:
            self._check_move(delivery.id, Status(delivery.status))
            assert delivery.status == self.told.get(delivery.id, delivery.status)
        assert statuses == _statuses(deliveries)
        assert len(fell) == len({delivery for (delivery,) in fell})

    def come_to_rest(self) -> None:
        """Whatever happened: once everybody works again, every delivery comes to an end."""
        for number in range(len(self.accounts)):
            self.mend(number)
            self.limit(number, None)
        for _ in range(40):
            self.line.publish()
            for worker in self.workers:
                worker.step()
                calls = _calls(worker)
                for _ in range(len(calls.handed)):
                    call = calls.handed.pop()
                    calls.ended.append(_finished(call, None if call.reconciles else _ACCEPTED))
                for _ in range(len(calls.begun)):
                    call = calls.begun.pop()
                    calls.ended.append(_finished(call, None if call.reconciles else _ACCEPTED))
                worker.step()
            self.check()
            if not OutboxEntry.objects.exclude(stream="dead").exists():
                break
            self.pass_time(4000)
        assert not OutboxEntry.objects.exclude(stream="dead").exists()

    def _check_begin(self, call: Call) -> None:
        """No send without a claim, and none again unmarked that may have got through."""
        entry = OutboxEntry.objects.filter(id=call.entry).first()
        if call.reconciles:
            return
        assert call.message is not None
        earlier = self.sent.setdefault(call.message.key, [])
        assert entry is None or entry.claim == call.attempt or self._was_settled(call)
        assert all(begun.refused for begun in earlier) or call.message.possibly_repeated
        assert not self._is_in_vain(call)
        earlier.append(Begun(call))

    def _is_in_vain(self, call: Call) -> bool:
        """Whether it was claimed in another's place when the notification had arrived."""
        with in_tenant(self.line.tenant):
            is_fallback = Delivery.objects.exclude(fallback_of=None).filter(id=call.entry).exists()
        known = self.arrived.get(call.item.facts.notification)
        return is_fallback and known is not None and call.attempt not in known

    def _was_settled(self, call: Call) -> bool:
        """A receipt, or a redrive after it, may take the entry from under a claim."""
        with in_tenant(self.line.tenant):
            return Delivery.objects.get(id=call.entry).status != Status.QUEUED

    def _check_move(self, delivery: UUID, status: Status) -> None:
        before = self.states.get(delivery, Status.QUEUED)
        assert status == before or status in MOVES[before], (before, status)
        self.states[delivery] = status

    def _note(self, call: Call, outcome: Outcome) -> None:
        assert call.message is not None
        for begun in self.sent[call.message.key]:
            if begun.call.attempt == call.attempt:
                begun.refused = _is_refusal(outcome)

    def _some(self, number: int, has: Any) -> Worker | None:
        able = [worker for worker in self.workers if has(_calls(worker))]
        return able[number % len(able)] if able else None

    def _account(self, number: int) -> UUID:
        return self.accounts[number % len(self.accounts)]

    def _some_notification(self, number: int) -> UUID | None:
        with in_tenant(self.line.tenant):
            known = list(Notification.objects.order_by("id").values_list("id", flat=True))
        return known[number % len(known)] if known else None

    def _new_worker(self, channel: str) -> Worker:
        worker = self.line.worker(channel)
        calls: Any = Calls()
        worker._dispatcher = worker._turn._dispatcher = calls
        return worker

    def _empty(self) -> None:
        schema = connection.ops.quote_name(self.line.tenant.schema)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM public.bus_outboxentry")
            cursor.execute("DELETE FROM public.bus_linepause")
            for table in EMPTIED:
                cursor.execute(f"DELETE FROM {schema}.{table}")
        for queue in self.line.queues.values():
            queue.waiting.clear()
            queue.seen.clear()


_ACCEPTED = Accepted(reference="accepted at last")


def _calls(worker: Worker) -> Calls:
    calls: Any = worker._dispatcher
    return calls


def _statuses(deliveries: Sequence[Delivery]) -> dict[UUID, str]:
    """Each notification's status, by those of its deliveries."""
    found: dict[UUID, dict[str, Status]] = {}
    for each in deliveries:
        channels = found.setdefault(each.notification_id, {})
        assert each.channel not in channels
        channels[each.channel] = Status(each.status)
    return {key: status_of_all(channels.values()) for key, channels in found.items()}


def _finished(call: Call, outcome: Outcome | None, *, begun: bool = True) -> Finished:
    now = datetime.now(UTC)
    return Finished(call=call, outcome=outcome, started_at=now, duration_ms=1, begun=begun)


def _is_refusal(outcome: Outcome) -> bool:
    return isinstance(outcome, DeliveryError) and outcome.error_class != "unknown_outcome"
