"""What a provider says against a number when it is asked to send: a worker, and Twilio recorded."""

from collections.abc import Iterator
from typing import Any

import pytest

from delivery.providers import registry
from notifications.models import Suppression
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.contracts.stubs import HttpStub, http_stub
from tests.delivery.pipeline.kit import Line, ask, scripted
from tests.delivery.receipts.calls import post
from tests.delivery.receipts.test_twilio import STOP, signed
from tests.door import Api
from tests.make import make_account, make_key, make_platform_account
from tests.payloads import Payload, payload

NUMBER = "+33612345678"
SECRETS = {"account_sid": "AC1", "auth_token": "secret"}
OPTED_OUT = "Attempt to send to unsubscribed recipient"


@pytest.fixture
def twilio() -> Iterator[HttpStub]:
    """Twilio, which answers with what was recorded of it."""
    with http_stub() as stub:
        stub.plan = payload("twilio/accepted")
        yield stub
        registry.close_all()


class Sender:
    """A tenant that sends by a Twilio account: its own, or one of the platform's."""

    def __init__(self, tenant: TenantIdentity, account: Any) -> None:
        self.line, self.api = Line(tenant, scripted()), Api(make_key(tenant))
        self.tenant, self.account = tenant, account

    def send(self, to: str = NUMBER) -> Any:
        """One message; its delivery, once a worker had it."""
        asked = ask(self.api, to=to)
        self.line.deliver("sms")
        return self.line.delivery(asked)

    def say(self, text: str, sid: str) -> int:
        """The person behind the number answers."""
        form = {**STOP, "Body": text, "MessageSid": sid, "SmsMessageSid": sid}
        return post("twilio", self.account.id, signed(form, self.account)).status

    @property
    def held(self) -> list[Suppression]:
        with in_tenant(self.tenant):
            return list(Suppression.objects.all())

    @property
    def reasons(self) -> list[str]:
        return [row.reason for row in self.held]


def by_own_account(tenant: TenantIdentity, stub: HttpStub) -> Sender:
    options = {"base_url": stub.url, "from": "+15557122661"}
    return Sender(
        tenant, make_account(tenant, "twilio", "sms", options=options, credentials=SECRETS)
    )


@pytest.fixture
def acme_sender(acme: TenantIdentity, twilio: HttpStub) -> Sender:
    return by_own_account(acme, twilio)


@pytest.fixture
def globex_sender(globex: TenantIdentity, twilio: HttpStub) -> Sender:
    return by_own_account(globex, twilio)


def test_who_opted_out_at_the_provider_is_suppressed_as_after_a_stop(
    acme_sender: Sender, globex_sender: Sender, twilio: HttpStub
) -> None:
    twilio.plan = payload("twilio/opted_out")
    refused = acme_sender.send()
    assert (refused.status, refused.error_class, refused.error_code) == (
        "failed",
        "opted_out",
        "21610",
    )
    (row,) = acme_sender.held
    assert (row.mode, row.channel, row.address, row.reason) == ("live", "sms", NUMBER, "opt_out")
    assert (row.source_delivery, row.note, row.expires_at) == (refused.id, OPTED_OUT, None)
    assert globex_sender.held == []


def test_nothing_is_sent_to_them_any_more(
    acme_sender: Sender, globex_sender: Sender, twilio: HttpStub
) -> None:
    twilio.plan = payload("twilio/opted_out")
    acme_sender.send()
    twilio.plan, calls = payload("twilio/accepted"), len(twilio.taken)
    skipped = acme_sender.send()
    assert (skipped.status, skipped.reason, len(twilio.taken)) == ("skipped", "suppressed", calls)
    assert globex_sender.send().status == "sent"


def test_start_lifts_it(acme_sender: Sender, globex_sender: Sender, twilio: HttpStub) -> None:
    twilio.plan = payload("twilio/opted_out")
    acme_sender.send()
    globex_sender.send()
    assert acme_sender.say("START", "SM1") == 200
    assert (acme_sender.reasons, globex_sender.reasons) == ([], ["opt_out"])
    twilio.plan = payload("twilio/accepted")
    assert acme_sender.send().status == "sent"


def test_start_at_a_number_of_the_platforms_lifts_it_for_all_who_tried_by_it(
    acme: TenantIdentity, globex: TenantIdentity, twilio: HttpStub
) -> None:
    options = {"base_url": twilio.url, "from": "+15557122661"}
    account = make_platform_account("twilio", "sms", options=options, credentials=SECRETS)
    senders = [Sender(tenant, account) for tenant in (acme, globex)]
    twilio.plan = payload("twilio/opted_out")
    for sender in senders:
        sender.send()
    assert [sender.reasons for sender in senders] == [["opt_out"], ["opt_out"]]
    assert senders[0].say("START", "SM1") == 200
    assert [sender.reasons for sender in senders] == [[], []]


@pytest.mark.parametrize("code", [21211, 21265, 21268, 21614, 21635, 30005, 30006])
def test_an_invalid_number_is_suppressed(
    acme_sender: Sender, globex_sender: Sender, twilio: HttpStub, code: int
) -> None:
    recorded = payload("twilio/invalid_number")
    twilio.plan = Payload(status=400, body={**recorded.body, "code": code})
    refused = acme_sender.send()
    assert (refused.status, refused.error_class) == ("failed", "bad_address")
    (row,) = acme_sender.held
    assert (row.channel, row.address, row.reason) == ("sms", NUMBER, "bad_address")
    assert (row.source_delivery, row.expires_at) == (refused.id, None)
    assert acme_sender.send().reason == "suppressed"
    assert globex_sender.held == []


@pytest.mark.parametrize(
    ("code", "http"), [(20003, 401), (21408, 400), (21617, 400), (21612, 400), (99999, 400)]
)
def test_what_is_not_the_recipients_fault_suppresses_nobody(
    acme_sender: Sender, twilio: HttpStub, code: int, http: int
) -> None:
    twilio.plan = Payload(status=http, body={"code": code, "message": "No.", "status": http})
    acme_sender.send()
    assert acme_sender.held == []
