"""A redrive that names an account: what the first one refused goes out by the named one alone."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from delivery.accounts import accounts_of_all, forget
from delivery.errors import DeliveryError, ErrorClass
from delivery.management.commands import redrive as command
from delivery.providers import registry
from notifications.models import Delivery
from tenants.context import in_tenant
from tests.delivery.pipeline.kit import Fleet, Line, ask
from tests.door import Api
from tests.make import make_account, make_platform_account

REFUSED = DeliveryError(error_class=ErrorClass.CONTENT_REFUSED, code="554", detail="No.")
PEOPLE = ("ana@example.org", "bob@example.org", "cem@example.org")
FAILED = {"status": "failed"}


@pytest.fixture
def failed(api: Api, fleet_line: Line, fleet: Fleet) -> list[str]:
    """What the first account refused once, though it would not again; the notifications' ids."""
    make_account(fleet_line.tenant, name="first")
    make_account(fleet_line.tenant, name="spare", position=1)
    for account in accounts_of_all([fleet_line.tenant])[fleet_line.tenant.id]:
        registry.driver(account)
    for person in PEOPLE:
        fleet["first"].answers[person].append(REFUSED)
    ids = [ask(api, person) for person in PEOPLE]
    fleet_line.deliver()
    assert ends(fleet_line) == ["failed"] * 3
    assert sent(fleet) == (list(PEOPLE), [])
    return ids


def ends(line: Line) -> list[str]:
    with in_tenant(line.tenant):
        return list(Delivery.objects.order_by("id").values_list("status", flat=True))


def sent(fleet: Fleet) -> tuple[list[str], list[str]]:
    """Whom each of the two accounts was called for."""
    first, spare = ([each.to for each in fleet[name].sent] for name in ("first", "spare"))
    return sorted(first), sorted(spare)


def sent_last_through(line: Line) -> set[str]:
    """The names of the accounts that took something."""
    names = {each.id: each.name for each in accounts_of_all([line.tenant])[line.tenant.id]}
    return {names[each.account_id] for each in line.attempts() if each.outcome == "accepted"}


def test_one(api: Api, fleet_line: Line, fleet: Fleet, failed: list[str]) -> None:
    answer = api.post(f"/notifications/{failed[1]}/redrive", {"account": "spare"})
    assert (answer.status, answer.body["count"]) == (202, 1)
    fleet_line.deliver()
    assert ends(fleet_line) == ["failed", "sent", "failed"]
    assert sent(fleet) == (list(PEOPLE), [PEOPLE[1]])
    assert sent_last_through(fleet_line) == {"spare"}


def test_many(api: Api, fleet_line: Line, fleet: Fleet, failed: list[str]) -> None:
    answer = api.post("/redrives", {"filter": FAILED, "account": "spare"})
    assert (answer.status, answer.body["count"]) == (202, 3)
    fleet_line.deliver()
    assert ends(fleet_line) == ["sent"] * 3
    assert sent(fleet) == (list(PEOPLE), list(PEOPLE))
    shown = api.get(f"/redrives/{answer.body['id']}").body
    assert (shown["status"], shown["counts"]) == ("done", {"sent": 3})
    assert sent_last_through(fleet_line) == {"spare"}


def test_by_command(
    fleet_line: Line, fleet: Fleet, failed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which looks on while a worker works."""
    monkeypatch.setattr(command, "sleep", lambda _: fleet_line.deliver())
    out = StringIO()
    asked = ("--tenant", "acme", "--filter", "status=failed", "--account", "spare")
    call_command("redrive", *asked, stdout=out)
    assert out.getvalue().splitlines()[-1] == "3 of 3 done (3 sent)"
    assert sent(fleet) == (list(PEOPLE), list(PEOPLE))


def test_without_a_name_the_first_one_has_them_again(
    api: Api, fleet_line: Line, fleet: Fleet, failed: list[str]
) -> None:
    assert api.post("/redrives", {"filter": FAILED}).body["count"] == 3
    fleet_line.deliver()
    assert ends(fleet_line) == ["sent"] * 3
    assert sent(fleet) == (sorted(PEOPLE * 2), [])


def test_the_named_one_alone_is_used_when_it_is_down(
    api: Api, fleet_line: Line, fleet: Fleet, failed: list[str]
) -> None:
    """It waits for it, and does not fall back to the one that somebody turned away from."""
    fleet.broken = {"spare"}
    assert api.post("/redrives", {"filter": FAILED, "account": "spare"}).body["count"] == 3
    fleet_line.deliver()
    assert ends(fleet_line) == ["queued"] * 3
    assert sent(fleet) == (list(PEOPLE), list(PEOPLE))


def test_one_of_the_platform(api: Api, fleet_line: Line, fleet: Fleet, failed: list[str]) -> None:
    make_platform_account(name="shared")
    forget()
    asked: dict[str, Any] = {"filter": {**FAILED, "account": "first"}, "account": "shared"}
    assert api.post("/redrives", asked).body["count"] == 3
    fleet_line.deliver()
    assert ends(fleet_line) == ["sent"] * 3
    assert fleet.calls("shared") == 3
    assert sent(fleet) == (list(PEOPLE), [])
