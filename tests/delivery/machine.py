"""A line, workers and providers whose every act a property test may order as it likes.

The functions are the real ones over the real database; only Kafka is a queue in memory, and a
provider's call is cut into its beginning and its end.
"""

from collections.abc import Container
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, pairwise
from math import inf
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from delivery import accounts
from delivery import redrive as redriving
from delivery.breaker import breakers
from delivery.breaker_rule import IN_A_ROW
from delivery.errors import DeliveryError, ErrorClass
from delivery.models import ProviderAccount, Redrive, RedrivenDelivery
from delivery.pipeline.items import Call
from delivery.pipeline.worker import Worker
from delivery.providers import registry
from delivery.providers.base import Accepted, Outcome
from delivery.receipts.apply import apply
from delivery.receipts.effects import TARGETS
from delivery.receipts.events import EventKind, ReceiptEvent
from notifications.models import Delivery, Notification, Suppression
from notifications.states import OPEN, REDRIVABLE, Status
from signalbus.bus import outbox
from signalbus.bus.models import OutboxEntry
from tenants.context import in_tenant
from tests.delivery.machine_calls import (
    PAUSES,
    SOON,
    Begun,
    Calls,
    before_its_claim,
    calls_of,
    finished,
    is_refusal,
)
from tests.delivery.machine_promises import Promises
from tests.delivery.pipeline.kit import RULES, Line, ask
from tests.delivery.pipeline.watch_kit import SECONDS, greet
from tests.delivery.twilio_like import Gateway
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
TO = {
    "email": [f"{name}@example.org" for name in ("ana", "bob", "eve")],
    "sms": [f"+3361234567{digit}" for digit in range(3)],
}
LONGER_THAN_A_CLAIM = 150.0
SILENCE = DeliveryError(error_class=ErrorClass.UNKNOWN_OUTCOME)
EVERYTHING = {"filter": {"created_after": "2020-01-01T00:00:00Z"}}
BAD = (EventKind.BOUNCED, EventKind.FAILED)


class World(Promises):
    """The acts. Each may be called at any time, and does nothing where there is nothing to do."""

    def __init__(self, api: Api, line: Line, gateway: Gateway, *channels: str) -> None:
        """With a worker for each of the channels, of which one may be named twice."""
        super().__init__()
        self.api, self.line, self.gateway, self.channels = api, line, gateway, channels
        with in_tenant(line.tenant):
            ours = ProviderAccount.objects.filter(channel__in=channels)
            self.accounts = list(ours.values_list("id", flat=True))
        self._empty()
        self.workers = [self._new_worker(channel) for channel in channels]

    # --- what people ask for

    def ask_for(self, number: int) -> None:
        """One message to one of three people."""
        to = TO[self.channels[0]][number % 3]
        self.accepted.add(UUID(ask(self.api, to=to, data=self._words())))

    def _words(self) -> dict[str, str]:
        """No two messages are the same."""
        return {"name": f"number {len(self.accepted)}"}

    def cancel(self, number: int) -> None:
        notification = self._some_notification(number)
        if notification is not None:
            assert self.api.post(f"/notifications/{notification}/cancel").status in (200, 409)

    def redrive(self, number: int) -> None:
        """Its address is let free, and it is redriven twice: then nothing is left to do."""
        notification = self._some_notification(number, deliveries__status__in=REDRIVABLE)
        if notification is not None:
            with in_tenant(self.line.tenant):
                Suppression.objects.all().delete()
                redriven = redriving.redrive("live", [notification], "a test")
                again = redriving.redrive("live", [notification], "a test")
            assert not again.deliveries
            self._asked_anew(redriven.deliveries)

    def redrive_all(self, rate: float | None) -> None:
        """Whatever can be redriven, at once or one after the other; then nothing is left."""
        answer = self.api.post("/redrives", {**EVERYTHING, "rate_per_second": rate})
        assert answer.status == 202, answer
        again = self.api.post("/redrives", {**EVERYTHING, "dry_run": True})
        assert (again.status, again.body["count"]) == (200, 0)
        with in_tenant(self.line.tenant):
            taken = RedrivenDelivery.objects.filter(redrive_id=answer.body["id"])
            self._asked_anew(list(taken.values_list("delivery_id", flat=True)))

    def _asked_anew(self, deliveries: Any) -> None:
        for delivery in deliveries:
            self.told.pop(delivery, None)
            self.outdated |= {each.attempt for each in self._under_way() if each.entry == delivery}
            for begun in self.sent.get(delivery, ()):
                begun.excused = True

    def _under_way(self) -> list[Call]:
        return [call for worker in self.workers for call in calls_of(worker).under_way]

    def stop_redrive(self) -> None:
        """What has not begun of the latest is as it was before."""
        with in_tenant(self.line.tenant):
            latest = Redrive.objects.first()
        if latest is not None:
            assert self.api.post(f"/redrives/{latest.id}/stop").status in (200, 409)

    def settle(self, number: int, word: str) -> None:
        """A person says what became of what is parked; who says that it failed, rules out that it
        got through."""
        notification = self._some_notification(number, deliveries__status=Status.UNKNOWN)
        if notification is None:
            return
        with in_tenant(self.line.tenant):
            parked = Delivery.objects.filter(notification=notification, status=Status.UNKNOWN)
            ids = list(parked.values_list("id", flat=True))
        self.by_hand.update(ids)
        answer = self.api.post(f"/notifications/{notification}/settle", {"as": word})
        assert answer.status in (200, 409), answer
        if answer.status == 200 and word == Status.DELIVERED:
            self._has_arrived(notification)
        if answer.status == 200 and word == Status.FAILED:
            for begun in chain.from_iterable(self.sent.get(delivery, ()) for delivery in ids):
                begun.refused = True

    def break_down(self, number: int) -> None:
        """An account's provider fails, as other processes have seen."""
        breakers().note([(self._account(number), True)] * IN_A_ROW)

    def mend(self, number: int) -> None:
        breakers().reset(self._account(number))

    def suspend(self, number: int) -> None:
        outbox.pause("", self.line.tenant.id, "suspended")

    def resume(self, number: int) -> None:
        outbox.resume("", self.line.tenant.id, "suspended")

    def limit(self, number: int, *, per_second: float | None) -> None:
        """An operator changes how much an account may send."""
        self._change(number, per_second=per_second)

    def rename(self, number: int, sender: str) -> None:
        """An operator changes whom an account's messages come from."""
        self._change(number, options={"from": sender})

    def _change(self, number: int, **fields: Any) -> None:
        with in_tenant(self.line.tenant):
            ProviderAccount.objects.filter(id=self._account(number)).update(**fields)
        accounts.forget()

    # --- what workers and the line do

    def redeliver(self, number: int) -> None:
        """A message that was polled before comes again, however old it is."""
        for queue in self.line.queues.values():
            if queue.seen:
                queue.waiting.append(queue.seen[number % len(queue.seen)])

    def turn(self, number: int, *, publishes: bool) -> None:
        if publishes:
            self.line.publish()
        self.workers[number % len(self.workers)].step()

    def stand_still(self, number: int, error: DeliveryError, later: float) -> None:
        """A worker stops between its look and its claim, while others do what it was about to.
        What it claims then is called at once, before it prolongs anything."""
        worker = self.workers[number % len(self.workers)]

        def meanwhile() -> None:
            self.pass_time(LONGER_THAN_A_CLAIM)
            self._others_go_on(worker, error)
            self.pass_time(later)
            self.line.publish()
            worker._prolong_at = inf

        self.line.publish()
        before_its_claim(worker, meanwhile)
        while calls_of(worker).handed:
            self._begin(worker, 0, taken=True)
        worker._prolong_at = 0.0

    def outlast_claims(self, number: int, later: float, error: DeliveryError | None) -> None:
        """A worker's calls last until their claims have run out; others find them, and what is
        sent again by then is in their hands. Then, if ever, the providers answer."""
        worker = self.workers[number % len(self.workers)]
        self.line.publish()
        worker.step()
        while calls_of(worker).handed:
            self._begin(worker, 0, taken=True)
        for seconds in (LONGER_THAN_A_CLAIM, later):
            self.pass_time(seconds)
            self.line.publish()
            for other in self._others(worker):
                other.step()
        if error is not SILENCE:
            self._call_all(worker, error)
            worker.step()

    def ask_on_time(self, number: int) -> None:
        """A worker asks for all that nobody knows of after 1, 5 and 15 minutes."""
        for before, at in pairwise((timedelta(0), *PAUSES)):
            self.pass_time((at - before + SOON).total_seconds())
            self.work(number, SILENCE)

    def _others_go_on(self, worker: Worker, error: DeliveryError) -> None:
        self.line.publish()
        for other in self._others(worker):
            other.step()
            self._call_all(other, error)
            other.step()

    def _others(self, worker: Worker) -> list[Worker]:
        return [other for other in self.workers if other is not worker]

    def work(self, number: int, error: DeliveryError | None) -> None:
        """A worker does what is due. With an error, unless it is silence, nothing is taken."""
        self.line.publish()
        worker = self.workers[number % len(self.workers)]
        worker.step()
        self._call_all(worker, error)
        worker.step()

    def go_well(self) -> None:
        """Whatever is due is sent."""
        for number in range(len(self.workers)):
            self.work(number, None)

    def crash(self, number: int) -> None:
        """A worker is gone, with whatever it knew; another begins."""
        place = number % len(self.workers)
        self.workers[place] = self._new_worker(self.channels[place])

    def pass_time(self, seconds: float) -> None:
        self.line.pass_time(seconds)
        self.gateway.pass_time(seconds)
        for worker in self.workers:
            worker._prolong_at -= seconds
            for claimed in worker._claims._until:
                worker._claims._until[claimed] -= seconds
            for begun in calls_of(worker).begun:
                begun.at -= timedelta(seconds=seconds)

    # --- what providers do

    def begin(self, number: int, *, taken: bool, is_listed: bool = True) -> None:
        """A thread takes up a call, if its claim still holds, and the provider takes the message
        or does not; its list may show that only later."""
        able = [worker for worker in self.workers if calls_of(worker).handed]
        if able:
            worker = able[number % len(able)]
            place = number % len(calls_of(worker).handed)
            self._begin(worker, place, taken=taken, is_listed=is_listed)

    def _begin(self, worker: Worker, place: int, *, taken: bool, is_listed: bool = True) -> None:
        calls = calls_of(worker)
        call = calls.handed.pop(place)
        if not worker._claims.holds(call):
            calls.ended.append(finished(call, None, begun=False))
            return
        begun = Begun(call, datetime.now(UTC), taken)
        if not call.reconciles:
            entry = OutboxEntry.objects.filter(id=call.entry).first()
            self.check_begin(call, entry.claim if entry else None)
            self.sent.setdefault(call.entry, []).append(begun)
            if taken:
                self.gateway.take(call, begun.at, is_listed=is_listed)
        calls.begun.append(begun)

    def end(self, number: int, error: DeliveryError) -> None:
        """The provider answers: the error, unless it has taken the message and is not silent."""
        able = [worker for worker in self.workers if calls_of(worker).begun]
        if able:
            worker = able[number % len(able)]
            self._end(worker, number % len(calls_of(worker).begun), error)

    def _end(self, worker: Worker, place: int, error: DeliveryError | None) -> None:
        calls = calls_of(worker)
        begun = calls.begun.pop(place)
        outcome = self._look_up(begun) if begun.call.reconciles else _answer(begun, error)
        if is_refusal(outcome):
            self._take_back(begun.call)
        self.heard += [each for each in self._under_way() if each.attempt == begun.call.attempt]
        calls.ended.append(finished(begun.call, outcome, at=begun.at))

    def _look_up(self, begun: Begun) -> Outcome | None:
        call = begun.call
        assert call.account is not None
        assert call.message is not None
        outcome = registry.driver(call.account).reconcile(call.message)
        if isinstance(outcome, Accepted) and outcome.receipts:
            self.found.add(call.entry)
            self._has_arrived(call.item.facts.notification)
        return outcome

    def _take_back(self, call: Call) -> None:
        for earlier in self.sent[call.entry]:
            earlier.refused |= earlier.call.attempt == call.attempt

    def _call_all(self, worker: Worker, error: DeliveryError | None) -> None:
        """All that it has to call is called; with an error, unless that is silence, nothing is
        taken."""
        while calls_of(worker).handed:
            self._begin(worker, 0, taken=not is_refusal(error))
        while calls_of(worker).begun:
            self._end(worker, 0, error)

    def receipt(self, number: int, kind: EventKind) -> None:
        """The provider's word on some call that it has got."""
        known = [begun for calls in self.sent.values() for begun in calls]
        if not known:
            return
        begun = known[number % len(known)]
        begun.refused |= kind in BAD
        if self._tell(begun.call, kind):
            self.told[begun.call.entry] = TARGETS[kind]
            if kind is EventKind.DELIVERED:
                self._has_arrived(begun.call.item.facts.notification)

    def _tell(self, call: Call, kind: EventKind) -> bool:
        """Whether it moved the delivery."""
        assert call.account is not None
        event = ReceiptEvent(
            event_id=str(uuid4()),
            kind=kind,
            attempt=call.attempt,
            delivery=call.entry,
            occurred_at=datetime.now(UTC),
        )
        return bool(apply(self.line.tenant.schema, call.account.id, [event]))

    def _has_arrived(self, notification: UUID) -> None:
        """What is handed over by then may still go out."""
        handed = {each.attempt for worker in self.workers for each in calls_of(worker).handed}
        self.arrived.setdefault(notification, handed)

    # --- what there is to do

    @property
    def has_polled(self) -> bool:
        return any(queue.seen for queue in self.line.queues.values())

    @property
    def has_handed(self) -> bool:
        return any(calls_of(worker).handed for worker in self.workers)

    @property
    def has_begun(self) -> bool:
        return any(calls_of(worker).begun for worker in self.workers)

    @property
    def is_under_way(self) -> bool:
        return self.has_handed or self.has_begun

    @property
    def is_open(self) -> bool:
        return len(self.states) < len(self.accepted) or self._is_any(OPEN)

    @property
    def is_redrivable(self) -> bool:
        return self._is_any(REDRIVABLE)

    @property
    def is_parked(self) -> bool:
        return self._is_any({Status.UNKNOWN})

    def _is_any(self, statuses: Container[Status]) -> bool:
        return any(status in statuses for status in self.states.values())

    # --- in the end

    def come_to_rest(self) -> None:
        """Whatever happened: once everybody works again, every delivery comes to an end."""
        self.gateway.is_away = False
        self.gateway.list_all()
        for number in range(len(self.accounts)):
            self.mend(number)
            self.limit(number, per_second=None)
            self.resume(number)
        for _ in range(40):
            self.go_well()
            self.check()
            if not OutboxEntry.objects.exclude(stream="dead").exists():
                break
            self.pass_time(4000)
        assert not OutboxEntry.objects.exclude(stream="dead").exists()

    def _account(self, number: int) -> UUID:
        return self.accounts[number % len(self.accounts)]

    def _some_notification(self, number: int, **where: Any) -> UUID | None:
        with in_tenant(self.line.tenant):
            rows = Notification.objects.filter(**where).order_by("id")
            known = list(rows.values_list("id", flat=True))
        return known[number % len(known)] if known else None

    def _new_worker(self, channel: str) -> Worker:
        worker = self.line.worker(channel)
        calls: Any = Calls()
        worker._dispatcher = worker._turn._dispatcher = calls
        worker._recorder._rules = replace(RULES, pauses=PAUSES)
        return worker

    def _empty(self) -> None:
        schema = connection.ops.quote_name(self.line.tenant.schema)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM public.bus_outboxentry")
            cursor.execute("DELETE FROM public.bus_linepause")
            for table in EMPTIED:
                cursor.execute(f"DELETE FROM {schema}.{table}")
        self.gateway.forget()
        for queue in self.line.queues.values():
            queue.waiting.clear()
            queue.seen.clear()


class Greetings(World):
    """People who are greeted under the policy that waits for receipts."""

    def wait_in_vain(self, number: int, *, arrives: bool) -> None:
        """No receipt comes in time, so that another way is taken; then one comes, if ever."""
        self.work(0, None)
        self.pass_time(SECONDS + 1)
        self.line.publish()
        self.workers[0].step()
        if arrives:
            self.receipt(number, EventKind.DELIVERED)

    def ask_for(self, number: int) -> None:
        """Bob has no phone."""
        name = ("ana", "bob")[number % 2]
        person = {"id": name, "email": f"{name}@example.org"}
        if name == "ana":
            person["phone"] = TO["sms"][0]
        self.accepted.add(UUID(greet(self.api, person, data=self._words())))


def _answer(begun: Begun, error: DeliveryError | None) -> Outcome:
    """Silence may follow either; an error only what was not taken."""
    if error is SILENCE:
        return error
    if begun.taken:
        return Accepted(reference=f"SM-{begun.call.attempt}")
    return error or SILENCE
