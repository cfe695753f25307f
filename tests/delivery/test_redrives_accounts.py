"""Redrives through an account that is named."""

from typing import Any

from tenants.models import PlatformAccount, Tenant
from tests.delivery.redrive_kit import TOPIC, again, make_dead, taken
from tests.door import Api
from tests.make import make_account


def test_only_one_account_is_used_where_it_is_named(api: Api, acme: Any):
    account = make_account(acme, name="spare")
    row, text = make_dead(acme), make_dead(acme, channel="sms", address="+33612345678")
    assert taken(api.post("/redrives", {**TOPIC, "account": "spare"})) == 1
    assert again(acme, row).wanted_account == account.id
    assert again(acme, text).status == "dead"
    assert taken(api.post("/redrives", TOPIC)) == 1
    assert again(acme, text).wanted_account is None


def test_an_account_has_to_be_one_to_send_through(api: Api, test_api: Api, acme: Any, globex: Any):
    make_account(acme, name="off", enabled=False)
    make_account(globex, name="theirs")
    make_account(acme, name="on")
    for asked, who, word in (
        ({**TOPIC, "account": "off"}, api, "not enabled"),
        ({**TOPIC, "account": "theirs"}, api, "no provider account"),
        ({**TOPIC, "account": "on"}, test_api, "simulator"),
        ({"filter": {"channel": "sms"}, "account": "on"}, api, "channel email"),
    ):
        answer = who.post("/redrives", asked)
        assert (answer.status, answer.pointers) == (422, ["/account"])
        assert word in answer.body["detail"]


def test_an_inherited_account_may_be_named_where_it_serves(api: Api, acme: Any):
    shared = PlatformAccount.objects.create(name="shared", kind="simulator", channel="email")
    try:
        row = make_dead(acme)
        Tenant.objects.filter(id=acme.id).update(inherits_accounts=False)
        assert api.post("/redrives", {**TOPIC, "account": "shared"}).status == 422
        Tenant.objects.filter(id=acme.id).update(inherits_accounts=True)
        assert taken(api.post("/redrives", {**TOPIC, "account": "shared"})) == 1
        assert again(acme, row).wanted_account == shared.id
    finally:
        shared.delete()
