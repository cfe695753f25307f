"""The e-mail services behind anymail: what reaches them, and their own ways to refuse."""

import base64
import json
import pkgutil
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_plus

import anymail.backends
import pytest

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers import registry
from delivery.providers.base import Accepted, Outcome, Provider
from delivery.providers.email.esps import BY_NAME, ESPS
from tests.contracts.cases import CASES, Case
from tests.contracts.make import make_account, make_message
from tests.contracts.stubs import HttpStub, http_stub
from tests.payloads import Payload, payload

INACTIVE = (
    "You tried to send to recipient(s) that have been marked as inactive. Found inactive"
    " addresses: ana@example.org. Inactive recipients are ones that have generated a hard"
    " bounce, a spam complaint, or a manual suppression."
)
INVALID_TO = "Error parsing 'To': Illegal email address 'ana@example.org'."
# Modules of anymail that are no service, and the old name of one.
NO_SERVICE = {"base", "base_requests", "console", "test", "sendinblue"}


def suppressed(*reasons: str) -> Payload:
    """MailerSend's answer where it has the only recipient on a list."""
    recipient = {"email": "ana@example.org", "name": "", "reasons": list(reasons)}
    warning = {"type": "ALL_SUPPRESSED", "recipients": [recipient]}
    return Payload(status=202, body={"message": "Suppressed.", "warnings": [warning]})


def failed_as(word: str) -> Payload:
    """Unisender Go's answer where it sends to nobody."""
    failed_emails = {"ana@example.org": word}
    body = {"status": "success", "job_id": "1", "emails": [], "failed_emails": failed_emails}
    return Payload(body=body)


@pytest.fixture
def stub() -> Iterator[HttpStub]:
    with http_stub() as stub:
        yield stub
        registry.close_all()


def make_driver(kind: str, stub: HttpStub, **credentials: str) -> Provider:
    stub.plan = payload(f"esps/{kind}")
    options = {"api_url": stub.url, "from": "Acme <hello@acme.example>"}
    return registry.driver(make_account(kind, options=options, credentials=credentials))


def failed(outcome: Outcome) -> DeliveryError:
    assert isinstance(outcome, DeliveryError), outcome
    return outcome


def test_every_service_of_anymail_is_here():
    modules = {module.name for module in pkgutil.iter_modules(anymail.backends.__path__)}
    assert set(BY_NAME) == modules - NO_SERVICE


@pytest.mark.parametrize("kind", BY_NAME)
def test_it_gets_both_bodies_and_the_recipient(kind: str):
    with CASES[kind]() as case:
        case.say("accepted")
        assert isinstance(registry.driver(case.account).send([case.message()])[0], Accepted)
        registry.close_all()
        sent = _sent(case)
    for part in ("ana@example.org", "hello@acme.example", "Your order", "Hello Ana"):
        assert part in sent, part
    assert "<p>Hello Ana" in sent


def _sent(case: Case) -> str:
    """The body of the last request as text, with what is escaped or encoded in it undone."""
    body = case.last()
    try:
        body = json.dumps(json.loads(body), ensure_ascii=False).replace('\\"', '"')
    except ValueError:
        body = unquote_plus(body)
    encoded = re.findall(r"[A-Za-z0-9+/=]{200,}", body)
    return body + "".join(base64.b64decode(part).decode() for part in encoded)


def test_services_that_take_metadata_get_attempt_and_delivery(stub: HttpStub):
    message = make_message()
    make_driver("postmark", stub, server_token="x").send([message])
    body = json.loads(stub.taken[-1].body)
    assert body["Metadata"] == {
        "signalbus_attempt": str(message.attempt),
        "signalbus_delivery": str(message.delivery),
        "signalbus_tenant": str(message.tenant_id),
    }


def test_the_idempotency_key_travels_as_a_header(stub: HttpStub):
    driver = make_driver("resend", stub, api_key="x")
    for _ in range(2):
        driver.send([make_message(key="same")])
    assert [taken.headers["Idempotency-Key"] for taken in stub.taken] == ["same", "same"]


def test_the_idempotency_key_travels_in_the_body(stub: HttpStub):
    make_driver("unisender_go", stub, api_key="x").send([make_message(key="same")])
    assert json.loads(stub.taken[-1].body)["message"]["idempotence_key"] == "same"


def test_the_connection_is_kept(stub: HttpStub):
    driver = make_driver("sendgrid", stub, api_key="x")
    for _ in range(5):
        driver.send([make_message()])
    assert stub.connections == 1


@pytest.mark.parametrize(
    ("kind", "credential", "answer", "expected"),
    [
        (
            "postmark",
            "server_token",
            Payload(status=422, body={"ErrorCode": 406, "Message": INACTIVE}),
            ErrorClass.OPTED_OUT,
        ),
        (
            "postmark",
            "server_token",
            Payload(status=422, body={"ErrorCode": 300, "Message": INVALID_TO}),
            ErrorClass.BAD_ADDRESS,
        ),
        (
            "mandrill",
            "api_key",
            Payload(body=[{"email": "ana@example.org", "status": "invalid", "_id": "1"}]),
            ErrorClass.BAD_ADDRESS,
        ),
        (
            "mandrill",
            "api_key",
            Payload(body=[{"email": "ana@example.org", "status": "rejected", "_id": "1"}]),
            ErrorClass.OPTED_OUT,
        ),
        (
            "mandrill",
            "api_key",
            Payload(body=[{"email": "a@b.c", "status": "rejected", "reject_reason": "unsigned"}]),
            ErrorClass.OUR_ACCOUNT,
        ),
        (
            "mandrill",
            "api_key",
            Payload(body=[{"email": "a@b.c", "status": "rejected", "reject_reason": "unsub"}]),
            ErrorClass.OPTED_OUT,
        ),
        ("mailersend", "api_token", suppressed("hard_bounced"), ErrorClass.BAD_ADDRESS),
        (
            "mailersend",
            "api_token",
            suppressed("hard_bounced", "unsubscribed"),
            ErrorClass.OPTED_OUT,
        ),
        ("unisender_go", "api_key", failed_as("permanent_unavailable"), ErrorClass.BAD_ADDRESS),
        ("unisender_go", "api_key", failed_as("unsubscribed"), ErrorClass.OPTED_OUT),
        (
            "mailgun",
            "api_key",
            Payload(status=400, body={"message": "'to' parameter is not a valid address"}),
            ErrorClass.CONTENT_REFUSED,
        ),
    ],
)
def test_words_of_their_own(
    stub: HttpStub, kind: str, credential: str, answer: Payload, expected: ErrorClass
):
    driver = make_driver(kind, stub, **{credential: "x"})
    stub.plan = answer
    error = failed(driver.send([make_message()])[0])
    assert error.error_class is expected, error


def test_an_answer_that_cannot_be_read_may_hide_a_message(stub: HttpStub):
    driver = make_driver("resend", stub, api_key="x")
    stub.plan = Payload(body="<html>All is well</html>")
    assert failed(driver.send([make_message()])[0]).error_class is ErrorClass.UNKNOWN_OUTCOME


def test_a_bad_sender_is_the_accounts_fault(stub: HttpStub):
    driver = make_driver("resend", stub, api_key="x")
    error = failed(driver.send([make_message(sender="Acme <no address>")])[0])
    assert error.error_class is ErrorClass.OUR_ACCOUNT
    assert not stub.taken


def test_a_bad_recipient_is_not(stub: HttpStub):
    driver = make_driver("resend", stub, api_key="x")
    error = failed(driver.send([make_message(to="ana@@example.org")])[0])
    assert error.error_class is ErrorClass.BAD_ADDRESS
    assert not stub.taken


def test_closing_does_not_harm_calls_under_way(stub: HttpStub):
    driver = make_driver("resend", stub, api_key="x")
    driver.close()
    assert isinstance(driver.send([make_message()])[0], Accepted)


def test_amazon_never_falls_back_to_the_machines_own_credentials():
    secrets = {field.name for field in BY_NAME["amazon_ses"].credentials if field.required}
    assert secrets == {"aws_access_key_id", "aws_secret_access_key"}


@pytest.mark.parametrize("esp", ESPS, ids=lambda esp: esp.name)
def test_required_fields_are_required(esp: Any):
    problems = dict(registry.validate(esp.name, "email", {}, {}))
    wanted = {f"/credentials/{field.name}" for field in esp.credentials if field.required}
    assert wanted
    assert {pointer for pointer in problems if pointer.startswith("/credentials")} == wanted
    assert "/options/from" in problems
