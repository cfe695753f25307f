"""What every driver keeps to, whatever it speaks to."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers import registry
from delivery.providers.base import Accepted, Provider
from tests.contracts.cases import CASES, Case, can_say, impatient, unreachable

EXPECTED = {
    "busy": ErrorClass.BUSY,
    "down": ErrorClass.PROVIDER_DOWN,
    "our account": ErrorClass.OUR_ACCOUNT,
    "bad address": ErrorClass.BAD_ADDRESS,
    "hang up": ErrorClass.UNKNOWN_OUTCOME,
    "say nothing": ErrorClass.UNKNOWN_OUTCOME,
}
SAYINGS = [(kind, word) for kind in CASES for word in EXPECTED if can_say(kind, word)]
NETWORKED = [kind for kind in CASES if kind != "simulator"]


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    with CASES[request.param]() as case:
        yield case
        registry.close_all()


@pytest.fixture
def driver(case: Case) -> Provider:
    return registry.driver(case.account)


def test_every_kind_is_here():
    assert set(CASES) == {kind.name for kind in registry.kinds()}


@pytest.mark.parametrize("case", CASES, indirect=True)
def test_the_account_is_valid(case: Case):
    account = case.account
    assert not registry.validate(account.kind, case.channel, account.options, account.credentials)


@pytest.mark.parametrize("case", CASES, indirect=True)
def test_accepted(case: Case, driver: Provider):
    case.say("accepted")
    (outcome,) = driver.send([case.message()])
    assert isinstance(outcome, Accepted), outcome
    assert outcome.reference


@pytest.mark.parametrize(("case", "word"), SAYINGS, indirect=["case"])
def test_refused(case: Case, word: str):
    case.say(word)
    account = impatient(case.account) if word == "say nothing" else case.account
    (outcome,) = registry.driver(account).send([case.message(word)])
    assert isinstance(outcome, DeliveryError), outcome
    assert outcome.error_class is EXPECTED[word], outcome
    assert outcome.detail


@pytest.mark.parametrize("case", [kind for kind in CASES if kind != "smtp"], indirect=True)
def test_a_pause_that_is_asked_for_is_kept(case: Case, driver: Provider):
    case.say("busy")
    (outcome,) = driver.send([case.message("busy")])
    assert isinstance(outcome, DeliveryError)
    if case.account.kind != "amazon_ses":  # says no Retry-After
        assert outcome.retry_after == timedelta(seconds=2)


@pytest.mark.parametrize("case", NETWORKED, indirect=True)
def test_nobody_there(case: Case):
    (outcome,) = registry.driver(unreachable(case.account)).send([case.message()])
    assert isinstance(outcome, DeliveryError)
    assert outcome.error_class is ErrorClass.PROVIDER_DOWN, outcome
    assert outcome.code in {"connect-refused", "connect-failed"}


@pytest.mark.parametrize("case", CASES, indirect=True)
def test_one_outcome_for_each_in_order(case: Case, driver: Provider):
    case.say("accepted")
    messages = [case.message() for _ in range(5)]
    groups = driver.calls(messages)
    assert [message for group in groups for message in group] == messages
    assert len(driver.send(messages)) == 5
    assert driver.send([]) == []


@pytest.mark.parametrize("case", CASES, indirect=True)
def test_many_threads_share_it(case: Case, driver: Provider):
    case.say("accepted")
    messages = [case.message() for _ in range(40)]
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(lambda message: driver.send([message])[0], messages))
    assert {type(outcome) for outcome in outcomes} == {Accepted}
    assert case.account.kind == "simulator" or case.taken() == 40


@pytest.mark.parametrize("case", CASES, indirect=True)
def test_it_goes_on_after_an_error(case: Case, driver: Provider):
    word = "busy"
    case.say(word)
    driver.send([case.message(word)])
    case.say("accepted")
    (outcome,) = driver.send([case.message()])
    assert isinstance(outcome, Accepted), outcome


@pytest.mark.parametrize("case", NETWORKED, indirect=True)
def test_an_address_that_is_not_public_is_refused(case: Case, settings: Any):
    settings.OUTBOUND_NETWORKS = []
    case.say("accepted")
    (outcome,) = registry.driver(case.account).send([case.message()])
    assert isinstance(outcome, DeliveryError)
    assert (outcome.error_class, outcome.code) == (ErrorClass.OUR_ACCOUNT, "address-refused")
    assert case.taken() == 0


@pytest.mark.parametrize("case", [kind for kind in NETWORKED if kind != "smtp"], indirect=True)
def test_a_redirect_is_not_followed(case: Case, driver: Provider):
    case.redirect()
    (outcome,) = driver.send([case.message()])
    assert isinstance(outcome, DeliveryError), outcome
    assert case.taken() == 1


@pytest.mark.parametrize("case", CASES, indirect=True)
def test_closing_twice_does_no_harm(case: Case, driver: Provider):
    driver.close()
    driver.close()


@pytest.mark.parametrize("case", CASES, indirect=True)
def test_asking_never_raises(case: Case, driver: Provider):
    case.say("accepted")
    assert driver.reconcile(case.message()) is None
