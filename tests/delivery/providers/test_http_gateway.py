"""The driver for gateways that no driver knows, against a stub."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers import registry
from delivery.providers.base import Accepted, Outcome
from delivery.providers.http_gateway.driver import HttpGateway
from tests.contracts.make import make_account, make_message
from tests.contracts.stubs import HttpStub, http_stub
from tests.payloads import Payload, payload

BODY = '{"to": {{ to | json }}, "sender": {{ from | json }}, "text": {{ text | json }}}'


@pytest.fixture
def stub() -> Iterator[HttpStub]:
    with http_stub() as stub:
        stub.plan = payload("gateway/accepted")
        yield stub


def send(
    stub: HttpStub, path: str = "/messages", text: str = "Hello Ana", **options: Any
) -> Outcome:
    given = {"url": f"{stub.url}{path}", "body": BODY, "reference": "/message/id", **options}
    secrets = {"token": "s3cret", "username": "acme", "password": "pass"}
    account = make_account("http", "sms", options=given, credentials=secrets)
    (outcome,) = HttpGateway(account).send([make_message(channel="sms", text=text)])
    return outcome


def refused(outcome: Outcome) -> DeliveryError:
    assert isinstance(outcome, DeliveryError), outcome
    return outcome


def test_what_arrives(stub: HttpStub):
    text = 'She said "Bonjour" \\ & left ☕'
    outcome = send(
        stub,
        text=text,
        headers="Authorization: Bearer {{ secret.token }}\nX-Key: {{ key }}",
        **{"from": "Acme"},
    )
    assert outcome == Accepted(reference="gw-1001")
    (taken,) = stub.taken
    assert (taken.method, taken.path) == ("POST", "/messages")
    assert json.loads(taken.body) == {"to": "+33612345678", "sender": "Acme", "text": text}
    assert taken.headers["Authorization"] == "Bearer s3cret"
    assert taken.headers["Content-Type"] == "application/json"
    assert len(taken.headers["X-Key"]) == 36


def test_a_message_in_the_address(stub: HttpStub):
    send(
        stub,
        "/send?to={{ to | url_encode }}&text={{ text | url_encode }}",
        text="1 & 2",
        method="GET",
        body="",
    )
    (taken,) = stub.taken
    assert (taken.method, taken.path) == ("GET", "/send?to=%2B33612345678&text=1+%26+2")
    assert taken.body == ""


def test_a_text_cannot_smuggle_a_header_in(stub: HttpStub):
    error = refused(send(stub, headers="X-Text: {{ text }}", text="a\r\nX-Evil: 1"))
    assert (error.error_class, error.code) == (ErrorClass.CONTENT_REFUSED, "template")
    assert stub.taken == []


def test_a_header_takes_ascii_only(stub: HttpStub):
    error = refused(send(stub, headers="X-Text: {{ text }}", text="Привет"))
    assert (error.error_class, error.code) == (ErrorClass.CONTENT_REFUSED, "template")
    assert stub.taken == []


def test_the_type_of_the_body_may_be_chosen(stub: HttpStub):
    send(stub, headers="content-type: text/plain", body="{{ text }}")
    assert stub.taken[0].headers["Content-Type"] == "text/plain"


def test_secrets_that_come_back_are_masked(stub: HttpStub):
    stub.plan = Payload(status=422, body={"you_sent": "Bearer s3cret, Basic YWNtZTpwYXNz"})
    error = refused(send(stub))
    assert "***" in error.detail
    assert "s3cret" not in error.detail
    assert "YWNtZTpwYXNz" not in error.detail


def test_a_missing_value_equals_nothing(stub: HttpStub):
    stub.plan = Payload(status=503, body="<html>maintenance</html>")
    assert refused(send(stub, errors="/error= accepted")).error_class is ErrorClass.PROVIDER_DOWN


def test_an_answer_that_is_nested_too_deeply(stub: HttpStub):
    stub.plan = Payload(status=200, body="[" * 60_000)
    assert send(stub) == Accepted(reference="")


def test_the_reference_from_a_header(stub: HttpStub):
    stub.plan = Payload(status=202, headers={"X-Message-Id": "m-7"})
    assert send(stub, reference="header:X-Message-Id") == Accepted(reference="m-7")


@pytest.mark.parametrize(
    ("rules", "status", "body", "expected"),
    [
        ("422 bad_address", 422, {}, ErrorClass.BAD_ADDRESS),
        ("4xx opted_out", 451, {}, ErrorClass.OPTED_OUT),
        ("404 bad_address\n4xx content_refused", 404, {}, ErrorClass.BAD_ADDRESS),
        ("/error/code=7 content_refused", 200, {"error": {"code": 7}}, ErrorClass.CONTENT_REFUSED),
        ("/errors/0/id=full busy", 200, {"errors": [{"id": "full"}]}, ErrorClass.BUSY),
        ("", 401, {}, ErrorClass.OUR_ACCOUNT),
        ("", 500, {}, ErrorClass.PROVIDER_DOWN),
        ("", 504, {}, ErrorClass.UNKNOWN_OUTCOME),
        ("", 302, {}, ErrorClass.OUR_ACCOUNT),
    ],
)
def test_how_errors_are_read(
    stub: HttpStub, rules: str, status: int, body: Any, expected: ErrorClass
):
    stub.plan = Payload(status=status, body=body)
    assert refused(send(stub, errors=rules)).error_class is expected


def test_a_rule_may_call_an_error_taken(stub: HttpStub):
    stub.plan = Payload(status=409, body={"message": {"id": "gw-2"}})
    assert send(stub, errors="409 accepted") == Accepted(reference="gw-2")


def test_the_errors_code_and_words(stub: HttpStub):
    stub.plan = payload("gateway/unknown_number")
    error = refused(
        send(
            stub,
            errors="/error/code=unknown_number bad_address",
            error_code="/error/code",
            error_detail="/error/message",
        )
    )
    assert (error.code, error.detail) == ("unknown_number", "There is no such subscriber.")


def test_a_private_address_is_refused(stub: HttpStub, settings: Any):
    settings.OUTBOUND_NETWORKS = []
    error = refused(send(stub))
    assert (error.error_class, error.code) == (ErrorClass.OUR_ACCOUNT, "address-refused")
    assert "SIGNALBUS_OUTBOUND_NETWORKS" in error.detail
    assert stub.connections == 0


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("url", "https://{{ to }}/send", "must be written out"),
        ("url", "https://gateway.example{{ to }}", "must be written out"),
        ("url", "ftp://gateway.example/", "must be written out"),
        ("url", "https://user:pass@gateway.example/", "use credentials"),
        ("url", "https://gateway.example/{{ to", "Line 1"),
        ("headers", "no colon", "Line 1 is not a header"),
        ("headers", "X-A: 1\nHost: other", "Line 2: Host is set by Signalbus"),
        ("body", "{{ text | nonsense }}", "unknown filter 'nonsense'"),
        ("errors", "422 nonsense", "must end with one of busy"),
        ("errors", "often busy", "must begin with a status"),
    ],
)
def test_a_broken_account_is_refused_with_its_field(option: str, value: str, words: str):
    options = {"url": "https://gateway.example/", option: value}
    ((pointer, detail),) = registry.validate("http", "sms", options, {})
    assert pointer == f"/options/{option}"
    assert words in detail
