"""The Twilio driver, against a stub with recorded answers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers.base import Accepted, Outcome
from delivery.providers.twilio.codes import BY_CODE
from delivery.providers.twilio.driver import Twilio
from delivery.receipts.events import EventKind
from tests.contracts.make import make_account, make_message
from tests.contracts.stubs import HttpStub, http_stub
from tests.payloads import Payload, payload

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def stub() -> Iterator[HttpStub]:
    with http_stub() as stub:
        stub.plan = payload("twilio/accepted")
        yield stub


def make_driver(stub: HttpStub, **options: Any) -> Twilio:
    given = {"base_url": stub.url, "from": "+15557122661", **options}
    credentials = {"account_sid": "AC1", "auth_token": "secret"}
    return Twilio(make_account("twilio", "sms", options=given, credentials=credentials))


def sms(**fields: Any) -> Any:
    return make_message(channel="sms", **{"text": "Hello Ana", **fields})


def form(stub: HttpStub) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(stub.taken[-1].body).items()}


def failed(outcome: Outcome | None) -> DeliveryError:
    assert isinstance(outcome, DeliveryError), outcome
    return outcome


def test_what_arrives(stub: HttpStub):
    (outcome,) = make_driver(stub).send([sms(text="Bonjour Ana ☕ & co")])
    assert outcome == Accepted(reference="SM1f0e8ae6ade43cb3c0ce4525424e404f")
    (taken,) = stub.taken
    assert (taken.method, taken.path) == ("POST", "/2010-04-01/Accounts/AC1/Messages.json")
    assert taken.headers["Authorization"] == "Basic QUMxOnNlY3JldA=="
    assert form(stub) == {
        "To": "+33612345678",
        "From": "+15557122661",
        "Body": "Bonjour Ana ☕ & co",
    }


def test_a_messaging_service_stands_in_for_the_sender(stub: HttpStub):
    make_driver(stub, messaging_service_sid="MG1").send([sms()])
    assert form(stub)["MessagingServiceSid"] == "MG1"
    assert "From" not in form(stub)


def test_an_api_key_signs_in_for_the_account(stub: HttpStub):
    driver = make_driver(stub)
    secrets = {"account_sid": "AC1", "api_key": "SK1", "auth_token": "secret"}
    Twilio(replace(driver.account, credentials=secrets)).send([sms()])
    assert stub.taken[-1].headers["Authorization"] == "Basic U0sxOnNlY3JldA=="
    assert "/Accounts/AC1/" in stub.taken[-1].path


def test_nothing_is_taken_from_the_environment(stub: HttpStub, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TWILIO_REGION", "ie1")
    monkeypatch.setenv("TWILIO_EDGE", "dublin")
    assert isinstance(make_driver(stub).send([sms()])[0], Accepted)


def test_the_connection_is_kept(stub: HttpStub):
    driver = make_driver(stub)
    for _ in range(5):
        driver.send([sms()])
    assert stub.connections == 1


@pytest.mark.parametrize(
    ("name", "expected", "code"),
    [
        ("invalid_number", ErrorClass.BAD_ADDRESS, "21211"),
        ("opted_out", ErrorClass.OPTED_OUT, "21610"),
        ("wrong_token", ErrorClass.OUR_ACCOUNT, "20003"),
        ("no_permission", ErrorClass.OUR_ACCOUNT, "21408"),
        ("body_too_long", ErrorClass.CONTENT_REFUSED, "21617"),
        ("too_many", ErrorClass.BUSY, "20429"),
        ("down", ErrorClass.PROVIDER_DOWN, "20500"),
    ],
)
def test_refused(stub: HttpStub, name: str, expected: ErrorClass, code: str):
    stub.plan = payload(f"twilio/{name}")
    error = failed(make_driver(stub).send([sms()])[0])
    assert (error.error_class, error.code) == (expected, code)
    assert error.detail == stub.plan.body["message"]


def test_retry_after(stub: HttpStub):
    stub.plan = payload("twilio/too_many")
    error = failed(make_driver(stub).send([sms()])[0])
    assert error.retry_after == timedelta(seconds=2)


def test_an_unknown_code_goes_by_its_status(stub: HttpStub):
    stub.plan = Payload(status=400, body={"code": 99999, "message": "New", "status": 400})
    error = failed(make_driver(stub).send([sms()])[0])
    assert (error.error_class, error.code) == (ErrorClass.CONTENT_REFUSED, "99999")


def test_an_answer_that_is_no_json(stub: HttpStub):
    stub.plan = Payload(status=502, body="<html>Bad Gateway</html>")
    assert failed(make_driver(stub).send([sms()])[0]).error_class is ErrorClass.PROVIDER_DOWN
    stub.plan = Payload(status=201, body="{broken")
    assert failed(make_driver(stub).send([sms()])[0]).error_class is ErrorClass.UNKNOWN_OUTCOME
    stub.plan = Payload(status=503, headers={"Retry-After": "7"}, body="busy")
    error = failed(make_driver(stub).send([sms()])[0])
    assert (error.detail, error.retry_after) == ("busy", timedelta(seconds=7))


def test_every_code_has_a_class():
    assert all(isinstance(error_class, ErrorClass) for error_class in BY_CODE.values())


def listed(stub: HttpStub, **changes: Any) -> None:
    """Twilio's list has one message, made ten seconds after the call began."""
    found = payload("twilio/list")
    record = {
        **found.body["messages"][0],
        "date_created": format_datetime(NOW + timedelta(seconds=10)),
        **changes,
    }
    stub.plan = Payload(body={**found.body, "messages": [record]})


def test_a_message_that_is_anothers_is_passed_over(stub: HttpStub):
    """Of two with the same text only one has arrived, and it is known which."""
    listed(stub)
    theirs = frozenset({"SM1f0e8ae6ade43cb3c0ce4525424e404f"})
    assert make_driver(stub).reconcile(sms(called_at=NOW, taken=theirs)) is None
    (record,) = stub.plan.body["messages"]
    own = {**record, "sid": "SM2"}
    stub.plan = Payload(body={**stub.plan.body, "messages": [record, own]})
    found = make_driver(stub).reconcile(sms(called_at=NOW, taken=theirs))
    assert found == Accepted(reference="SM2")


def ask(stub: HttpStub, **options: Any) -> Outcome | None:
    return make_driver(stub, **options).reconcile(sms(called_at=NOW))


def test_what_is_found_was_taken(stub: HttpStub):
    listed(stub)
    assert ask(stub) == Accepted(reference="SM1f0e8ae6ade43cb3c0ce4525424e404f")
    query = parse_qs(urlsplit(stub.taken[-1].path).query)
    assert (query["To"], query["From"]) == (["+33612345678"], ["+15557122661"])


def test_what_was_delivered_by_now_says_so(stub: HttpStub):
    listed(stub, status="delivered")
    outcome = ask(stub)
    assert isinstance(outcome, Accepted)
    assert [event.kind for event in outcome.receipts] == [EventKind.DELIVERED]


def test_what_failed_by_now_has_its_reason(stub: HttpStub):
    listed(stub, status="undelivered", error_code=30005, error_message="Unknown handset")
    error = failed(ask(stub))
    assert (error.error_class, error.code) == (ErrorClass.BAD_ADDRESS, "30005")


@pytest.mark.parametrize(
    "changes",
    [
        {"body": "Something else"},
        {"body": "Something else that ends in Hello Ana"},
        {"body": "Sent from your Twilio trial account - Not yet: Hello Ana"},
        {"body": None},
        {"date_created": format_datetime(NOW - timedelta(minutes=2))},
        {"date_created": format_datetime(NOW + timedelta(minutes=20))},
        {"date_created": None},
    ],
)
def test_another_message_is_not_taken_for_it(stub: HttpStub, changes: dict[str, Any]):
    listed(stub, **changes)
    assert ask(stub) is None


def test_a_trial_account_puts_words_in_front(stub: HttpStub):
    listed(stub, body="Sent from your Twilio trial account - Hello Ana")
    assert isinstance(ask(stub), Accepted)


def test_of_a_service_the_sender_is_not_known(stub: HttpStub):
    listed(stub, messaging_service_sid="MG1", **{"from": "+15550000000"})
    assert isinstance(ask(stub, messaging_service_sid="MG1"), Accepted)
    assert ask(stub, messaging_service_sid="MG2") is None


def test_who_cannot_be_asked_knows_nothing(stub: HttpStub):
    stub.plan = payload("twilio/down")
    assert ask(stub) is None
