"""Weight, limits and breaker of an account, through the API."""

from typing import Any

import pytest

from delivery import accounts
from delivery.breaker import breakers
from delivery.breaker_rule import IN_A_ROW
from signalbus.bus import lines
from signalbus.core import redis_pool
from tests.door import Api
from tests.make import make_account, make_platform_account

SMS = {"name": "texts", "kind": "simulator", "channel": "sms"}
MAIL = {"name": "mail", "kind": "simulator", "channel": "email"}


def test_they_have_defaults(api: Api):
    made = api.post("/provider-accounts", MAIL).body
    assert (made["weight"], made["per_second"], made["burst"]) == (1, None, 1)
    assert (made["domain_per_second"], made["inherited"]) == (None, False)


def test_they_are_kept_changed_and_used(api: Api, acme: Any):
    limits = {"weight": 3, "per_second": 12.5, "burst": 4, "domain_per_second": 0.5}
    made = api.post("/provider-accounts", {**MAIL, **limits})
    assert made.status == 201, made
    assert {name: made.body[name] for name in limits} == limits
    (account,) = accounts.accounts_of_all([acme])[acme.id]
    assert (account.weight, account.per_second, account.burst) == (3, 12.5, 4)
    assert account.domain_per_second == 0.5
    changed = api.patch(f"/provider-accounts/{made.body['id']}", {"per_second": None})
    assert changed.body["per_second"] is None
    assert changed.body["weight"] == 3


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**MAIL, "weight": 0}, "/weight"),
        ({**MAIL, "per_second": 0}, "/per_second"),
        ({**MAIL, "per_second": 1_000_000}, "/per_second"),
        ({**MAIL, "burst": 0}, "/burst"),
        ({**MAIL, "domain_per_second": -1}, "/domain_per_second"),
        ({**SMS, "domain_per_second": 1}, "/domain_per_second"),
        ({**MAIL, "breaker": {"state": "closed"}}, "/breaker"),
    ],
)
def test_wrong_ones_are_pointed_at(api: Api, body: dict[str, Any], pointer: str):
    answer = api.post("/provider-accounts", body)
    assert answer.status == 422
    assert answer.pointers == [pointer]


def test_a_kind_that_has_not_the_channel_is_named_in_plain_words(api: Api):
    body = {**SMS, "kind": "smtp", "options": {"host": "smtp.example.org", "from": "a@b.example"}}
    (error,) = api.post("/provider-accounts", body).body["errors"]
    assert error == {"pointer": "/channel", "detail": "SMTP serves email, not sms."}


def test_a_change_may_be_wrong_too(api: Api, acme: Any):
    address = f"/provider-accounts/{make_account(acme, channel='sms').id}"
    assert api.patch(address, {"domain_per_second": 2}).pointers == ["/domain_per_second"]


def test_the_breaker_is_shown(api: Api, acme: Any):
    account, healthy = make_account(acme, name="down"), make_account(acme, name="up")
    breakers().note([(account.id, True)] * IN_A_ROW)
    shown = {each["id"]: each for each in api.get("/provider-accounts").body["results"]}
    opened = shown[str(account.id)]["breaker"]
    assert opened["state"] == "open"
    assert 0 < opened["retry_in"] <= 5
    assert shown[str(healthy.id)]["breaker"] == {"state": "closed", "retry_in": None}
    breakers().reset(account.id)
    assert api.get(f"/provider-accounts/{account.id}").body["breaker"]["state"] == "closed"


def test_the_breaker_is_closed_by_hand(api: Api, globex_api: Api, acme: Any):
    account = make_account(acme)
    breakers().note([(account.id, True)] * IN_A_ROW)
    lines.pause("email.high", acme.id, "breaker", seconds=60)
    address = f"/provider-accounts/{account.id}/close-breaker"
    assert globex_api.post(address).status == 404
    assert api.get(f"/provider-accounts/{account.id}").body["breaker"]["state"] == "open"
    assert api.post(address).body["breaker"] == {"state": "closed", "retry_in": None}
    assert api.get(f"/provider-accounts/{account.id}").body["breaker"]["state"] == "closed"
    assert lines.pauses([("email.high", acme.id)]) == set(), "its line goes on"


def test_the_platforms_breaker_is_not_a_tenants_to_close(api: Api):
    answer = api.post(f"/provider-accounts/{make_platform_account().id}/close-breaker")
    assert (answer.status, answer.kind) == (409, "conflict")


def test_without_redis_there_is_nothing_to_close(api: Api, acme: Any, settings: Any):
    account = make_account(acme)
    settings.REDIS_URL = ""
    redis_pool.client.cache_clear()
    answer = api.post(f"/provider-accounts/{account.id}/close-breaker")
    assert (answer.status, answer.kind) == (503, "unavailable")
    assert "within a minute" in answer.body["detail"]
    redis_pool.client.cache_clear()


def test_without_redis_nobody_claims_to_know_the_breaker(api: Api, acme: Any, settings: Any):
    account = make_account(acme)
    settings.REDIS_URL = ""
    redis_pool.client.cache_clear()
    assert api.get(f"/provider-accounts/{account.id}").body["breaker"] is None
    redis_pool.client.cache_clear()
