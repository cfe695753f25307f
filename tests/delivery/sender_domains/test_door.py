"""`GET /provider-accounts/{id}/domain`, and the account's page."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from delivery.providers.email import esps
from delivery.sender_domains import check
from delivery.sender_domains.resolver import Questions
from delivery.sender_domains.services import NEEDS
from delivery.sender_domains.values import UnansweredError
from tenants.identity import TenantIdentity
from tests.delivery.sender_domains.zone import GOOD_KEY
from tests.door import Api
from tests.make import make_account, make_key, make_platform_account

SMTP = {"host": "smtp.acme.example", "from": "Acme <hello@Acmé.example>"}
PLAIN = {**SMTP, "from": "Acme <hello@acme.example>"}
GOOD = {
    "acme.example": ["v=spf1 a:smtp.acme.example -all"],
    "s1._domainkey.acme.example": [GOOD_KEY],
    "_dmarc.acme.example": ["v=DMARC1; p=reject"],
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What DNS was asked for; it has the good records."""
    names: list[str] = []

    def ask(_self: Questions, name: str) -> list[str]:
        names.append(name)
        return GOOD.get(name, [])

    monkeypatch.setattr(Questions, "_ask", ask)
    return names


def test_a_domain_that_is_ready(api: Api, acme: TenantIdentity, asked: list[str]):
    row = make_account(acme, "smtp", options={**PLAIN, "dkim_selector": "s1"})
    answer = api.get(f"/provider-accounts/{row.id}/domain")
    assert answer.status == 200
    assert (answer.body["domain"], answer.body["ready"]) == ("acme.example", True)
    assert [each["check"] for each in answer.body["findings"]] == ["spf", "dkim", "dmarc"]
    assert {each["publish"] for each in answer.body["findings"]} == {None}


def test_a_domain_with_nothing(api: Api, acme: TenantIdentity):
    row = make_account(acme, "smtp", options=PLAIN)
    body = api.get(f"/provider-accounts/{row.id}/domain").body
    assert not body["ready"]
    assert {each["state"] for each in body["findings"]} == {"missing"}
    assert body["findings"][0]["publish"] == {
        "name": "acme.example",
        "type": "TXT",
        "value": "v=spf1 a:smtp.acme.example ~all",
    }


def test_answers_are_kept_for_a_while(api: Api, acme: TenantIdentity, asked: list[str]):
    row = make_account(acme, "smtp", options=PLAIN)
    api.get(f"/provider-accounts/{row.id}/domain")
    number = len(asked)
    api.get(f"/provider-accounts/{row.id}/domain")
    assert len(asked) == number > 0


def test_what_could_not_be_asked_is_asked_again(
    api: Api, acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch
):
    def ask(_self: Questions, _name: str) -> list[str]:
        raise UnansweredError("LifetimeTimeout.")

    row = make_account(acme, "smtp", options=PLAIN)
    with monkeypatch.context() as patched:
        patched.setattr(Questions, "_ask", ask)
        body = api.get(f"/provider-accounts/{row.id}/domain").body
        assert {each["state"] for each in body["findings"]} == {"unknown"}
    body = api.get(f"/provider-accounts/{row.id}/domain").body
    assert {each["state"] for each in body["findings"]} == {"missing"}


def test_a_domain_beyond_ascii_is_asked_for_as_dns_has_it(acme: TenantIdentity):
    sending = check.sending_of("smtp", SMTP)
    assert sending is not None
    assert sending.domain == "xn--acm-dma.example"


def test_the_return_path_is_what_spf_is_about():
    sending = check.sending_of("smtp", {**PLAIN, "return_path": "b@mail.acme.example"})
    assert sending is not None
    assert (sending.domain, sending.bounce_domain) == ("acme.example", "mail.acme.example")


def test_every_service_is_known():
    assert set(NEEDS) == set(esps.BY_NAME)


@pytest.mark.parametrize("kind", NEEDS)
def test_every_service_can_be_asked_about(api: Api, acme: TenantIdentity, kind: str):
    row = make_account(acme, kind, options={"from": "hello@acme.example"})
    assert api.get(f"/provider-accounts/{row.id}/domain").status == 200


@pytest.mark.parametrize(
    "make",
    [
        lambda acme: make_account(acme, "simulator"),
        lambda acme: make_account(acme, "twilio", "sms", options={"from": "+15550100"}),
        lambda acme: make_account(acme, "smtp", options={"host": "h"}),
        lambda _acme: make_platform_account("smtp", options=PLAIN),
    ],
)
def test_what_has_no_domain_of_the_tenants(
    api: Api, acme: TenantIdentity, make: Callable[[Any], Any]
):
    answer = api.get(f"/provider-accounts/{make(acme).id}/domain")
    assert (answer.status, answer.kind) == (404, "not-found")


def test_nobody_elses(api: Api, globex: TenantIdentity, acme: TenantIdentity, asked: list[str]):
    row = make_account(globex, "smtp", options=PLAIN)
    assert api.get(f"/provider-accounts/{row.id}/domain").status == 404
    assert api.get(f"/provider-accounts/{uuid4()}/domain").status == 404
    assert asked == []


def test_a_key_that_may_only_send(acme: TenantIdentity):
    row = make_account(acme, "smtp", options=PLAIN)
    sender = Api(make_key(acme, scopes=("send",)))
    assert sender.get(f"/provider-accounts/{row.id}/domain").status == 403
