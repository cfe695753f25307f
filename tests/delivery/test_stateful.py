"""Any order of acts leaves legal states, one place in the line for what is open, and no send
without a claim."""

import logging
import os
from collections.abc import Callable, Iterator
from functools import partial, wraps
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers import registry
from delivery.receipts.events import EventKind
from delivery.settling import Settled
from tenants.identity import TenantIdentity
from tests.delivery.machine import SILENCE, Greetings, World
from tests.delivery.pipeline.kit import Line, scripted
from tests.delivery.pipeline.watch_kit import make_watching
from tests.delivery.twilio_like import FILTERED, LOST, Gateway
from tests.door import Api
from tests.make import make_account

Act = Callable[..., None]
Disturbance = Callable[[World, int], None]
DISTURBANCES = st.sampled_from(
    [
        World.break_down,
        World.mend,
        partial(World.limit, per_second=1.0),
        partial(World.limit, per_second=20.0),
        partial(World.limit, per_second=None),
        World.suspend,
        World.resume,
    ]
)
RATES = st.sampled_from([None, 0.1])  # the latter lets one wait for those before it
NUMBERS = st.integers(min_value=0, max_value=7)
RECEIPTS = st.sampled_from([EventKind.DELIVERED, EventKind.BOUNCED, EventKind.FAILED])
CLASSES = (
    ErrorClass.PROVIDER_DOWN,
    ErrorClass.OUR_ACCOUNT,
    ErrorClass.CONTENT_REFUSED,
    ErrorClass.BAD_ADDRESS,
)
ERRORS = st.sampled_from([SILENCE, SILENCE, *(DeliveryError(error_class=each) for each in CLASSES)])
# Shorter than a retry; longer than a retry, and than a claim; then what lies between the questions
# after 1, 5 and 15 minutes; and longer than everything but the last pause.
SECONDS = st.sampled_from([3.0, 20.0, 61.0, 150.0, 241.0, 601.0, 4000.0])
LATER = st.sampled_from([20.0, 61.0])  # when what was just tried is due again
LAST_WORDS = st.sampled_from([("delivered", None), ("undelivered", LOST), ("failed", FILTERED)])
PROFILE = settings(
    max_examples=30,
    stateful_step_count=40,
    deadline=None,
    derandomize="CI" in os.environ,  # what fails there must fail again, and on any change alike
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of warnings would hide which acts failed."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Gateway:
    """What every account leads to."""
    gateway = Gateway()
    monkeypatch.setattr(registry, "driver", gateway.driver)
    return gateway


@pytest.fixture
def line(acme: TenantIdentity, gateway: Gateway) -> Line:
    """acme has two accounts for each channel, the second for when the first is down."""
    for channel in ("email", "sms"):
        for place, name in enumerate(("first", "second")):
            options = {"from": f"{name} {channel}"}
            make_account(
                acme, channel=channel, name=f"{name} {channel}", position=place, options=options
            )
    return Line(acme, scripted())


def needs(what: str) -> Callable[[Act], Act]:
    """An act that has something to act on; where there is none, a worker goes on instead.

    No precondition: what there is depends on clocks, and Hypothesis wants to draw the same twice.
    """

    def decorate(act: Act) -> Act:
        @wraps(act)
        def do(machine: "LineMachine", **drawn: Any) -> None:
            if getattr(machine.world, what):
                act(machine, **drawn)
            else:
                number = drawn.get("number", 0)
                machine.world.work(number, (None, SILENCE)[number % 2])

        return do

    return decorate


class LineMachine(RuleBasedStateMachine):
    """What every channel's line goes through."""

    world: World

    @initialize(number=st.integers(min_value=1, max_value=3))
    def begin_with(self, number: int) -> None:
        for place in range(number):
            self.world.ask_for(place)

    @rule(number=NUMBERS)
    def ask_for(self, number: int) -> None:
        self.world.ask_for(number)

    @rule(number=NUMBERS, error=ERRORS)
    def work(self, number: int, error: DeliveryError) -> None:
        self.world.work(number, error)

    @rule(number=NUMBERS, error=ERRORS, later=LATER)
    def work_later(self, number: int, error: DeliveryError, later: float) -> None:
        self.world.pass_time(later)
        self.world.work(number, error)

    @rule(number=NUMBERS, publishes=st.booleans())
    def turn(self, number: int, publishes: bool) -> None:
        self.world.turn(number, publishes=publishes)

    @rule(number=NUMBERS, error=ERRORS, later=LATER)
    @needs("is_open")
    def stand_still(self, number: int, error: DeliveryError, later: float) -> None:
        self.world.stand_still(number, error, later)

    @rule(number=NUMBERS, later=LATER, error=st.sampled_from([None, None, SILENCE]))
    @needs("is_open")
    def outlast_claims(self, number: int, later: float, error: DeliveryError | None) -> None:
        self.world.outlast_claims(number, later, error)

    @rule(number=NUMBERS)
    @needs("has_polled")
    def redeliver(self, number: int) -> None:
        self.world.redeliver(number)

    @rule(number=NUMBERS, taken=st.booleans(), is_listed=st.booleans())
    @needs("has_handed")
    def begin(self, number: int, taken: bool, is_listed: bool) -> None:
        self.world.begin(number, taken=taken, is_listed=is_listed)

    @rule(number=NUMBERS, error=ERRORS)
    @needs("has_begun")
    def end(self, number: int, error: DeliveryError) -> None:
        self.world.end(number, error)

    @rule(number=NUMBERS)
    @needs("is_under_way")
    def crash(self, number: int) -> None:
        self.world.crash(number)

    @rule(seconds=SECONDS)
    def pass_time(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    @rule(number=NUMBERS, how=DISTURBANCES)
    def disturb(self, number: int, how: Disturbance) -> None:
        how(self.world, number)

    @rule(number=NUMBERS)
    @needs("is_open")
    def cancel(self, number: int) -> None:
        self.world.cancel(number)

    @rule(number=NUMBERS)
    @needs("is_redrivable")
    def redrive(self, number: int) -> None:
        self.world.redrive(number)

    @rule(rate=RATES)
    @needs("is_redrivable")
    def redrive_all(self, rate: float | None) -> None:
        self.world.redrive_all(rate)

    @rule()
    def stop_redrive(self) -> None:
        self.world.stop_redrive()

    @rule(number=NUMBERS, kind=RECEIPTS)
    @needs("sent")
    def receipt(self, number: int, kind: EventKind) -> None:
        self.world.receipt(number, kind)

    @invariant()
    def all_is_legal(self) -> None:
        self.world.check()

    def teardown(self) -> None:
        self.world.come_to_rest()


class AskedMachine(LineMachine):
    """And what becomes of sends that nobody knows the outcome of."""

    @rule(can=st.booleans())
    def be_asked(self, can: bool) -> None:
        self.world.gateway.takes_questions = can

    @rule(is_away=st.booleans())
    def go_away(self, is_away: bool) -> None:
        self.world.gateway.is_away = is_away

    @rule(number=NUMBERS)
    @needs("is_open")
    def ask_on_time(self, number: int) -> None:
        self.world.ask_on_time(number)

    @rule()
    @needs("sent")
    def list_all(self) -> None:
        self.world.gateway.list_all()

    @rule(number=NUMBERS, word=LAST_WORDS)
    @needs("sent")
    def tell_whoever_asks(self, number: int, word: tuple[str, int | None]) -> None:
        self.world.gateway.settle(number, *word)

    @rule(number=NUMBERS, word=st.sampled_from(list(Settled)))
    @needs("is_parked")
    def settle(self, number: int, word: Settled) -> None:
        self.world.settle(number, word)

    @rule(number=NUMBERS, name=st.sampled_from(["first sms", "another"]))
    def rename(self, number: int, name: str) -> None:
        self.world.rename(number, name)


def test_emails_of_two_workers(api: Api, line: Line, gateway: Gateway) -> None:
    """Two workers that get each other's messages; an unknown outcome is repeated, and marked."""

    class Emails(LineMachine):
        def __init__(self) -> None:
            super().__init__()
            self.world = World(api, line, gateway, "email", "email")

    _run(Emails)


def test_text_messages_of_two_workers(api: Api, line: Line, gateway: Gateway) -> None:
    """An unknown outcome is asked about, and parked where nobody can tell."""

    class TextMessages(AskedMachine):
        def __init__(self) -> None:
            super().__init__()
            self.world = World(api, line, gateway, "sms", "sms")

    _run(TextMessages)


def test_messages_that_fall_over(api: Api, line: Line, gateway: Gateway) -> None:
    """A policy that waits for receipts: bob has no phone, so that another account is his way."""
    make_watching(line.tenant, ["sms"])

    class Watched(LineMachine):
        world: Greetings

        def __init__(self) -> None:
            super().__init__()
            self.world = Greetings(api, line, gateway, "email", "sms")

        @rule(number=NUMBERS, arrives=st.booleans())
        def wait_in_vain(self, number: int, arrives: bool) -> None:
            self.world.wait_in_vain(number, arrives=arrives)

        @rule()
        def go_well(self) -> None:
            self.world.go_well()

    _run(Watched)


def _run(machine: Any) -> None:
    run_state_machine_as_test(machine, settings=PROFILE)
