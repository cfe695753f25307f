"""Sending by the platform's accounts, by all who inherit them."""

from typing import Any

import pytest

from delivery import accounts
from delivery.breaker import breakers
from delivery.breaker_rule import IN_A_ROW
from signalbus.bus.models import OutboxEntry
from tenants import identity
from tenants.models import Tenant
from tests.delivery.pipeline.kit import Fleet, Line, ask
from tests.door import Api
from tests.make import make_account, make_platform_account


@pytest.fixture
def house() -> Any:
    """The platform's account, known by the workers at once."""
    row = make_platform_account(name="house", options={"from": "hello@house.example"})
    accounts.forget()
    return row


def test_a_tenant_without_an_account_sends_by_the_platforms(
    api: Api, fleet: Fleet, fleet_line: Line, house: Any
) -> None:
    notification = ask(api)
    fleet_line.deliver()
    (message,) = fleet["house"].sent
    assert message.sender == "hello@house.example"
    (attempt,) = fleet_line.attempts()
    assert (attempt.account_id, attempt.provider) == (house.id, "simulator")
    shown = api.get(f"/notifications/{notification}").body
    assert shown["attempts"][0]["provider"] == "simulator"
    assert any(event["provider"] == "simulator" for event in shown["timeline"])


def test_tenants_share_it_and_one_does_without(
    api: Api, globex_api: Api, fleet: Fleet, fleet_line: Line, globex: Any, house: Any
) -> None:
    ask(api, to="a@example.org")
    ask(globex_api, to="g@example.org")
    fleet_line.deliver()
    assert {message.schema for message in fleet["house"].sent} == {
        fleet_line.tenant.schema,
        globex.schema,
    }
    Tenant.objects.filter(id=globex.id).update(inherits_accounts=False)
    identity.forget()
    ask(globex_api, to="later@example.org")
    fleet_line.deliver()
    assert OutboxEntry.objects.get(tenant_id=globex.id).reason == "no_account"
    assert len(fleet["house"].sent) == 2


def test_a_tenants_own_account_goes_first_and_the_platforms_stands_in(
    api: Api, fleet: Fleet, fleet_line: Line, acme: Any, house: Any
) -> None:
    own = make_account(acme, name="own", position=9)
    accounts.forget()
    ask(api, to="first@example.org")
    fleet_line.deliver()
    assert [message.to for message in fleet["own"].sent] == ["first@example.org"]
    breakers().note([(own.id, True)] * IN_A_ROW)
    ask(api, to="second@example.org")
    fleet_line.deliver()
    assert [message.to for message in fleet["house"].sent] == ["second@example.org"]
