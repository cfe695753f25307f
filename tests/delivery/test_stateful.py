"""Any order of acts leaves legal states, one place in the line for what is open, and no send
without a claim."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers.base import Accepted, Outcome
from delivery.receipts.events import EventKind
from signalbus.bus import outbox
from tenants.identity import TenantIdentity
from tests.delivery.machine import World
from tests.delivery.pipeline.kit import Line, scripted
from tests.delivery.pipeline.watch_kit import make_watching
from tests.door import Api
from tests.make import make_account

LIMITS = st.sampled_from([None, 1.0, 20.0])
RATES = st.sampled_from([None, 0.1])  # the latter lets one wait for those before it
NUMBERS = st.integers(min_value=0, max_value=7)
RECEIPTS = st.sampled_from([EventKind.DELIVERED, EventKind.BOUNCED, EventKind.FAILED])
ERRORS = (
    ErrorClass.PROVIDER_DOWN,
    ErrorClass.OUR_ACCOUNT,
    ErrorClass.CONTENT_REFUSED,
    ErrorClass.BAD_ADDRESS,
    ErrorClass.UNKNOWN_OUTCOME,
    ErrorClass.UNKNOWN_OUTCOME,
)
OUTCOMES: st.SearchStrategy[Outcome] = st.sampled_from(
    [Accepted(reference="x"), *(DeliveryError(error_class=name) for name in ERRORS)]
)
# Shorter than a retry; longer than a retry, a claim, and everything but the last pause.
SECONDS = st.sampled_from([3.0, 20.0, 150.0, 4000.0])
PROFILE = settings(
    max_examples=20,
    stateful_step_count=40,
    deadline=None,
    derandomize=False,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def line(acme: TenantIdentity) -> Line:
    """acme has two accounts for each channel, the second for when the first is down."""
    for channel in ("email", "sms"):
        make_account(acme, channel=channel, name=f"first {channel}")
        make_account(acme, channel=channel, name=f"second {channel}", position=1)
    return Line(acme, scripted())


class LineMachine(RuleBasedStateMachine):
    """What every channel's line goes through."""

    world: World

    @rule()
    def publish(self) -> None:
        self.world.line.publish()

    @rule(worker=NUMBERS)
    def turn(self, worker: int) -> None:
        workers = self.world.workers
        workers[worker % len(workers)].step()

    @rule(number=NUMBERS)
    def redeliver(self, number: int) -> None:
        self.world.redeliver(number)

    @rule(number=NUMBERS)
    def begin(self, number: int) -> None:
        self.world.begin(number)

    @rule(number=NUMBERS, outcome=OUTCOMES)
    def end(self, number: int, outcome: Outcome) -> None:
        self.world.end(number, outcome)

    @rule(number=NUMBERS)
    def crash(self, number: int) -> None:
        self.world.crash(number)

    @rule(seconds=SECONDS)
    def pass_time(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    @rule(number=NUMBERS)
    def break_down(self, number: int) -> None:
        self.world.break_down(number)

    @rule(number=NUMBERS)
    def mend(self, number: int) -> None:
        self.world.mend(number)

    @rule(number=NUMBERS, per_second=LIMITS)
    def limit(self, number: int, per_second: float | None) -> None:
        self.world.limit(number, per_second)

    @rule(number=NUMBERS)
    def cancel(self, number: int) -> None:
        self.world.cancel(number)

    @rule(number=NUMBERS)
    def redrive(self, number: int) -> None:
        self.world.redrive(number)

    @rule(rate=RATES)
    def redrive_all(self, rate: float | None) -> None:
        self.world.redrive_all(rate)

    @rule()
    def stop_redrive(self) -> None:
        self.world.stop_redrive()

    @rule(number=NUMBERS, kind=RECEIPTS)
    def receipt(self, number: int, kind: EventKind) -> None:
        self.world.receipt(number, kind)

    @rule()
    def pause(self) -> None:
        outbox.pause("", self.world.line.tenant.id, "suspended")

    @rule()
    def resume(self) -> None:
        outbox.resume("", self.world.line.tenant.id, "suspended")

    @invariant()
    def all_is_legal(self) -> None:
        self.world.check()

    def teardown(self) -> None:
        outbox.resume("", self.world.line.tenant.id, "suspended")
        self.world.come_to_rest()


def test_emails(api: Api, line: Line) -> None:
    """One worker; an unknown outcome is repeated, and marked."""

    class Emails(LineMachine):
        def __init__(self) -> None:
            super().__init__()
            self.world = World(api, line, "email")

        @rule(name=st.sampled_from(["ana", "bob", "eve"]))
        def accept(self, name: str) -> None:
            self.world.accept(f"{name}@example.org")

    _run(Emails)


def test_text_messages_of_two_workers(api: Api, line: Line) -> None:
    """Two workers that get each other's messages; an unknown outcome is asked about."""

    class TextMessages(LineMachine):
        def __init__(self) -> None:
            super().__init__()
            self.world = World(api, line, "sms", "sms")

        @rule(digit=st.sampled_from("678"))
        def accept(self, digit: str) -> None:
            self.world.accept(f"+3361234567{digit}")

        @rule(number=NUMBERS)
        def answer_nothing(self, number: int) -> None:
            self.world.end(number, None)

    _run(TextMessages)


def test_messages_that_fall_over(api: Api, line: Line) -> None:
    """A policy that waits for receipts: bob has no phone, so that another account is his way."""
    make_watching(line.tenant, ["sms"])

    class Watched(LineMachine):
        def __init__(self) -> None:
            super().__init__()
            self.world = World(api, line, "email", "sms")

        @rule(who=st.sampled_from([("ana", "+33612345678"), ("bob", "")]))
        def greet(self, who: tuple[str, str]) -> None:
            self.world.greet(*who)

        @rule()
        def go_well(self) -> None:
            self.world.go_well()

    _run(Watched)


def _run(machine: Any) -> None:
    run_state_machine_as_test(machine, settings=PROFILE)
