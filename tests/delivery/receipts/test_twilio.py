"""Twilio's hook: what it signs, what it hands back, and what people send."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from twilio.request_validator import RequestValidator

from delivery.providers.twilio.driver import Twilio
from delivery.receipts import handback, receivers
from delivery.receipts.addresses import hook_url
from delivery.receipts.events import Inbound
from tests.contracts.make import make_account, make_message
from tests.contracts.stubs import http_stub
from tests.delivery.receipts.calls import FORM, Call, event, post
from tests.delivery.receipts.sent import Sent, make_hooked
from tests.payloads import payload

STOP = {
    "ToCountry": "US",
    "MessageSid": "SM0123456789abcdef0123456789abcdef",
    "SmsMessageSid": "SM0123456789abcdef0123456789abcdef",
    "SmsStatus": "received",
    "NumMedia": "0",
    "Body": "STOP",
    "From": "+33612345678",
    "To": "+15557122661",
    "AccountSid": "AC1",
    "ApiVersion": "2010-04-01",
}


def signed(form: dict[str, str], account: Any, query: str = "", token: str = "secret") -> Call:
    url = hook_url("twilio", account.id) + (f"?{query}" if query else "")
    return Call(
        body=urlencode(form).encode(),
        content_type=FORM,
        headers={"X-Twilio-Signature": RequestValidator(token).compute_signature(url, form)},
        query=query,
    )


def status_of(sent: Sent, name: str = "delivered") -> dict[str, str]:
    ids = {"delivery": "", "attempt": "", "tenant": 0, "reference": "SM1"}
    body: dict[str, str] = event("twilio", name).about(**ids)  # type: ignore[arg-type]
    return body


@pytest.fixture
def received() -> Iterator[list[Inbound]]:
    """What people sent."""
    before = dict(receivers._receivers)
    messages: list[Inbound] = []
    receivers.register("sms", lambda given: messages.extend(given) or len(given))
    yield messages
    receivers._receivers.clear()
    receivers._receivers.update(before)


def test_our_ids_come_back_in_the_query(acme: Any):
    account = make_hooked(acme, "twilio")
    sent = Sent(acme, account)
    query = handback.query(
        make_message(delivery=sent.delivery.id, attempt=sent.attempt.id, tenant_id=acme.id)
    )
    assert post("twilio", account.id, signed(status_of(sent), account, query)).status == 200
    (receipt,) = sent.receipts
    assert (sent.status, receipt.attempt_id) == ("delivered", sent.attempt.id)
    assert receipt.event_id == "SM1:delivered"


def test_the_query_is_signed_too(acme: Any):
    account = make_hooked(acme, "twilio")
    sent = Sent(acme, account)
    call = signed(status_of(sent), account, f"delivery={sent.delivery.id}")
    other = Call(body=call.body, content_type=FORM, headers=call.headers, query="delivery=another")
    assert post("twilio", account.id, other).status == 403


def test_the_address_is_the_one_that_is_configured(acme: Any, settings: Any):
    settings.HOOKS_URL = "https://hooks.example.org/behind/a/proxy/"
    account = make_hooked(acme, "twilio")
    sent = Sent(acme, account)
    assert hook_url("twilio", account.id).startswith(
        "https://hooks.example.org/behind/a/proxy/hooks/twilio/"
    )
    assert post("twilio", account.id, signed(status_of(sent), account)).status == 200


def test_an_api_key_signs_nothing(acme: Any):
    secrets = {"account_sid": "AC1", "auth_token": "key's secret", "api_key": "SK1"}
    account = make_hooked(acme, "twilio", credentials=secrets)
    sent = Sent(acme, account)
    answer = post("twilio", account.id, signed(status_of(sent), account, token="key's secret"))
    assert (answer.status, sent.receipts) == (403, [])
    assert "`webhook_auth_token`" in answer.body["detail"]


def test_an_account_with_an_api_key_has_the_token_beside_it(acme: Any):
    secrets = {
        "account_sid": "AC1",
        "auth_token": "key's secret",
        "api_key": "SK1",
        "webhook_auth_token": "token",
    }
    account = make_hooked(acme, "twilio", credentials=secrets)
    sent = Sent(acme, account)
    call = signed(status_of(sent), account, f"delivery={sent.delivery.id}", token="token")
    assert post("twilio", account.id, call).status == 200
    assert sent.status == "delivered"


def test_what_people_send_is_handed_over(acme: Any, received: list[Inbound]):
    account = make_hooked(acme, "twilio")
    assert post("twilio", account.id, signed(STOP, account)).status == 200
    (message,) = received
    assert (message.account, message.tenant_id) == (account.id, acme.id)
    assert (message.channel, message.text) == ("sms", "STOP")
    assert (message.from_, message.to) == ("+33612345678", "+15557122661")
    assert message.event_id == STOP["MessageSid"]


def test_a_forged_stop_is_not_handed_over(acme: Any, received: list[Inbound]):
    account = make_hooked(acme, "twilio")
    call = signed(STOP, account, token="guessed")
    assert (post("twilio", account.id, call).status, received) == (403, [])


def test_twilio_gets_an_answer_that_says_nothing_to_the_sender(acme: Any):
    from django.test import Client

    account = make_hooked(acme, "twilio")
    call = signed(STOP, account)
    answer = Client().post(
        f"/hooks/twilio/{account.id}", call.body, FORM, headers=dict(call.headers)
    )
    assert (answer["Content-Type"], answer.content) == ("text/xml", b"<Response/>")


@pytest.mark.parametrize(
    ("options", "hooks_url", "asks"),
    [
        ({}, "", False),  # the tests' own address is http://localhost
        ({}, "https://hooks.example.org", True),
        ({"callbacks": True}, "", True),
        ({"callbacks": False}, "https://hooks.example.org", False),
    ],
)
def test_a_message_names_the_hook_where_twilio_can_reach_it(
    settings: Any, options: dict[str, Any], hooks_url: str, asks: bool
):
    settings.HOOKS_URL = hooks_url
    message = make_message(channel="sms", text="Hello")
    with http_stub() as stub:
        stub.plan = payload("twilio/accepted")
        account = make_account(
            "twilio",
            "sms",
            options={"base_url": stub.url, "from": "+15557122661", **options},
            credentials={"account_sid": "AC1", "auth_token": "secret"},
        )
        Twilio(account).send([message])
        form = parse_qs(stub.taken[-1].body)
    assert ("StatusCallback" in form) is asks
    if asks:
        (callback,) = form["StatusCallback"]
        assert callback.startswith(hook_url("twilio", account.id))
        given = {name: values[0] for name, values in parse_qs(urlsplit(callback).query).items()}
        ids = handback.of_query(given)
        assert (ids.attempt, ids.delivery) == (message.attempt, message.delivery)
        assert ids.tenant_id == message.tenant_id
