"""Whatever happens to deliveries, in whatever order, the statistics are what a scan would find."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from delivery.errors import DeliveryError, ErrorClass
from delivery.models import Attempt, Redrive
from delivery.providers.account import SIMULATOR
from delivery.providers.base import Accepted, Message, Outcome
from delivery.receipts.apply import apply
from delivery.receipts.events import EventKind, ReceiptEvent
from delivery.settling import Settled
from delivery.statistics import folding
from delivery.statistics.periods import Kept
from notifications.models import Notification
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.delivery.pipeline.kit import Line, Scripted, lead_everything_to, settle
from tests.delivery.pipeline.watch_kit import make_watching
from tests.delivery.statistics.counted import counted, kept
from tests.door import Api
from tests.make import make_account, make_key, make_suppression

KEPT = Kept(hours=timedelta(days=90), days=timedelta(days=1100))
MODES = ("live", "test")
NUMBERS = st.integers(min_value=0, max_value=40)
PLACES = st.integers(min_value=0, max_value=3)  # of two tenants' two modes
EMPTIED = (
    "delivery_tally",
    "delivery_tallychange",
    "delivery_attempt",
    "delivery_receipt",
    "delivery_deadletter",
    "delivery_redrivendelivery",
    "delivery_redrive",
    "notifications_delivery",
    "notifications_notification",
)
ANA = {"id": "ana", "email": "ana@example.org", "phone": "+33612345678"}
BOB = {"id": "bob", "phone": "+33612345679"}
BODIES: Sequence[dict[str, Any]] = (
    {"topic": "person.greeted", "recipient": ANA, "data": {"name": "Ana"}},
    {"topic": "person.greeted", "recipient": BOB, "data": {"name": "Bob"}},
    {"channel": "email", "to": "eve@example.org", "subject": "Hi", "text": "Hello"},
    {"channel": "sms", "to": "+33612345670", "text": "Hello"},
    {"channel": "email", "to": "gone@example.org", "subject": "Hi", "text": "Hello"},
)
ANSWERS = st.sampled_from(
    [
        None,
        None,
        *(
            DeliveryError(error_class=each)
            for each in (
                ErrorClass.BUSY,
                ErrorClass.BAD_ADDRESS,
                ErrorClass.CONTENT_REFUSED,
                ErrorClass.UNKNOWN_OUTCOME,
                ErrorClass.OUR_ACCOUNT,
            )
        ),
    ]
)
RECEIPTS = st.sampled_from(
    [EventKind.DELIVERED, EventKind.BOUNCED, EventKind.FAILED, EventKind.COMPLAINED]
)
SECONDS = st.sampled_from([20.0, 61.0, 301.0, 4000.0])
PROFILE = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],
)


class Moody(Scripted):
    """Answers everybody the same, until it changes its mind."""

    answer: DeliveryError | None = None

    def send_one(self, message: Message) -> Outcome:
        return self.answer or Accepted(reference=f"ref-{message.attempt}")

    def reconcile(self, message: Message) -> Outcome | None:
        return None if self.answer else Accepted(reference=f"ref-{message.attempt}")


class World:
    """Two tenants with a live and a test key each, one line, and a moody provider."""

    def __init__(self, tenants: Sequence[TenantIdentity], provider: Moody) -> None:
        self.tenants, self.provider = tenants, provider
        self.line = Line(tenants[0], provider)
        self.places = [(tenant, mode) for tenant in tenants for mode in MODES]
        self.apis = [Api(make_key(tenant, mode=mode)) for tenant, mode in self.places]
        for tenant in tenants:
            make_watching(tenant, ["sms"])
            for channel in ("email", "sms"):
                make_account(tenant, channel=channel, name=channel)
            for mode in MODES:
                make_suppression(tenant, "gone@example.org", mode=mode)

    def begin(self) -> None:
        """Nothing was ever sent."""
        self.provider.answer = None
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM public.bus_outboxentry")
            for tenant in self.tenants:
                for table in EMPTIED:
                    cursor.execute(f'DELETE FROM "{tenant.schema}".{table}')
        for queue in self.line.queues.values():
            queue.waiting.clear()

    def work(self) -> None:
        """Whatever is due is done once."""
        self.line.publish()
        for channel in ("email", "sms"):
            settle(self.line.worker(channel))

    def some(self, number: int) -> tuple[Api, UUID] | None:
        """A notification of any tenant and mode, and the door to it."""
        known = [
            (api, found.id)
            for api, (tenant, mode) in zip(self.apis, self.places, strict=True)
            for found in _all(tenant, Notification.objects.filter(mode=mode))
        ]
        return known[number % len(known)] if known else None

    def receipt(self, number: int, kind: EventKind) -> None:
        """A provider's word on any attempt, however old."""
        made = [
            (tenant, found)
            for tenant in self.tenants
            for found in _all(tenant, Attempt.objects.order_by("id"))
        ]
        if not made:
            return
        tenant, attempt = made[number % len(made)]
        event = ReceiptEvent(
            event_id=str(uuid4()),
            kind=kind,
            attempt=attempt.id,
            delivery=attempt.delivery_id,
            occurred_at=datetime.now(UTC),
        )
        apply(tenant.schema, attempt.account_id or SIMULATOR.id, [event])

    def grow_older(self) -> None:
        """Everything was made an hour earlier."""
        for tenant in self.tenants:
            with connection.cursor() as cursor:
                cursor.execute(
                    f'UPDATE "{tenant.schema}".notifications_delivery'
                    " SET created_at = created_at - interval '1 hour'"
                )

    def check(self) -> None:
        for tenant, mode in self.places:
            assert kept(tenant, mode) == counted(tenant, mode)


def _all(tenant: TenantIdentity, rows: QuerySet[Any]) -> list[Any]:
    with in_tenant(tenant):
        return list(rows.all())


class Machine(RuleBasedStateMachine):
    """Everything that writes deliveries, and the job that folds."""

    world: World

    @initialize(place=PLACES)
    def begin(self, place: int) -> None:
        self.accept_all(place)
        self.work(None)

    @rule(place=PLACES, body=st.sampled_from(BODIES))
    def accept(self, place: int, body: dict[str, Any]) -> None:
        path = "/notify" if "topic" in body else "/notifications"
        answer = self.world.apis[place].post(path, body)
        assert answer.status == 202, answer

    @rule(place=PLACES)
    def accept_all(self, place: int) -> None:
        assert self.world.apis[place].post("/notifications/batch", {"items": BODIES}).status == 202

    @rule(answer=ANSWERS)
    def work(self, answer: DeliveryError | None) -> None:
        self.world.provider.answer = answer
        self.world.work()

    @rule(seconds=SECONDS, answer=ANSWERS)
    def work_later(self, seconds: float, answer: DeliveryError | None) -> None:
        """Retries, watches that lead to other ways, questions, expired claims."""
        self.world.line.pass_time(seconds)
        self.work(answer)

    @rule(answer=ANSWERS)
    def work_to_the_end(self, answer: DeliveryError | None) -> None:
        """Until no try is left."""
        for _ in range(5):
            self.work_later(4000.0, answer)

    @rule(number=NUMBERS, kind=RECEIPTS)
    def receipt(self, number: int, kind: EventKind) -> None:
        self.world.receipt(number, kind)

    @rule(number=NUMBERS, act=st.sampled_from(["cancel", "redrive"]))
    def act(self, number: int, act: str) -> None:
        if found := self.world.some(number):
            assert found[0].post(f"/notifications/{found[1]}/{act}").status in (200, 202, 409)

    @rule(number=NUMBERS, word=st.sampled_from(list(Settled)))
    def settle(self, number: int, word: Settled) -> None:
        if found := self.world.some(number):
            answer = found[0].post(f"/notifications/{found[1]}/settle", {"as": word})
            assert answer.status in (200, 409)

    @rule(place=PLACES)
    def redrive_all(self, place: int) -> None:
        wanted = {"filter": {"created_after": "2020-01-01T00:00:00Z"}}
        assert self.world.apis[place].post("/redrives", wanted).status == 202

    @rule(place=PLACES)
    def stop_redrive(self, place: int) -> None:
        tenant, mode = self.world.places[place]
        with in_tenant(tenant):
            latest = Redrive.objects.filter(mode=mode).first()
        if latest:
            status = self.world.apis[place].post(f"/redrives/{latest.id}/stop").status
            assert status in (200, 409)

    @rule()
    def grow_older(self) -> None:
        self.world.grow_older()

    @rule()
    def fold(self) -> None:
        folding.fold(datetime.now(UTC), KEPT)

    @invariant()
    def all_is_counted(self) -> None:
        self.world.check()


@pytest.mark.slow
def test_statistics_are_what_a_scan_would_find(
    acme: TenantIdentity, globex: TenantIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = Moody(SIMULATOR)
    lead_everything_to(provider, monkeypatch)
    shared = World([acme, globex], provider)

    class OfTwoTenants(Machine):
        def __init__(self) -> None:
            super().__init__()
            self.world = shared
            shared.begin()

    run_state_machine_as_test(OfTwoTenants, settings=PROFILE)
