"""Messages whose tenant has no account for them: told of, and no burden while they wait."""

from typing import Any

import pytest

from delivery import accounts
from delivery.models import ProviderAccount
from delivery.pipeline import lacking
from delivery.pipeline.lacking import MANY
from notifications.lifting import lift_notice
from notifications.models import Delivery, Notice
from signalbus.bus.models import LinePause
from signalbus.core.ids import new_id
from tenants.context import in_tenant
from tests.delivery.pipeline.kit import Fleet, Line, ask, settle
from tests.delivery.pipeline.watch_kit import greet, make_watching, states, work
from tests.door import Api
from tests.make import make_account

LANES = {"email.high", "email.normal", "email.bulk"}


def ask_many(api: Api, count: int = MANY) -> None:
    items = [
        {"channel": "email", "to": f"u{number}@example.org", "subject": "s", "text": "t"}
        for number in range(count)
    ]
    assert api.post("/notifications/batch", {"items": items}).body["accepted"] == count


def paused() -> set[str]:
    """The streams of the lines that stand still for want of an account."""
    pauses = LinePause.objects.in_force().filter(reason="no_account")
    return set(pauses.values_list("stream", flat=True))


def notices(line: Line) -> list[tuple[str, str, str]]:
    with in_tenant(line.tenant):
        return list(Notice.objects.values_list("kind", "subject", "lifted_by"))


def look_again(line: Line, worker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As some seconds later, when accounts are read anew."""
    monkeypatch.setattr(lacking, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(lacking, "LOOK_FACTOR", 0.0)
    worker._turn._lacking._next = 0.0
    accounts.forget()
    worker.step()
    line.publish()
    settle(worker)


def test_many_stop_the_lines_of_the_channel(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    ask_many(api)
    fleet_line.deliver()
    assert paused() == LANES
    assert "add one" in LinePause.objects.all()[0].note
    fleet_line.pass_time(61)
    assert fleet_line.publish() == []


def test_a_few_stop_nothing(api: Api, test_api: Api, fleet_line: Line, fleet: Fleet) -> None:
    ask_many(api, MANY - 1)
    fleet_line.deliver()
    assert paused() == set()
    of_test = ask(test_api)
    fleet_line.deliver()
    assert fleet_line.delivery(of_test).status == "sent"


def test_a_few_that_come_again_and_again_are_many(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    ask_many(api, MANY // 2)
    worker = fleet_line.worker()
    for _ in range(2):
        fleet_line.publish()
        settle(worker)
        fleet_line.pass_time(61)
    assert paused() == LANES


def test_a_minute_is_counted(
    api: Api, fleet_line: Line, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lacking, "MINUTE", -1.0)
    ask_many(api, MANY // 2)
    worker = fleet_line.worker()
    for _ in range(2):
        fleet_line.publish()
        settle(worker)
        fleet_line.pass_time(61)
    assert paused() == set()


def test_operators_are_told_from_the_first_on(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    ask(api)
    fleet_line.deliver()
    (notice,) = api.get("/notices").body["results"]
    assert (notice["kind"], notice["subject"], notice["severity"]) == (
        "no_account",
        "email",
        "stopped",
    )
    assert "Add a provider account for email" in notice["text"]


@pytest.mark.parametrize("enabled", [True, False], ids=["added", "enabled"])
def test_they_go_on_as_soon_as_there_is_an_account(
    api: Api, fleet_line: Line, fleet: Fleet, monkeypatch: pytest.MonkeyPatch, enabled: bool
) -> None:
    if not enabled:
        make_account(fleet_line.tenant, name="late", enabled=False)
    ask_many(api)
    worker = fleet_line.worker()
    fleet_line.publish()
    settle(worker)
    ask(api)
    if enabled:
        make_account(fleet_line.tenant, name="late")
    else:
        with in_tenant(fleet_line.tenant):
            ProviderAccount.objects.update(enabled=True)
    look_again(fleet_line, worker, monkeypatch)
    assert paused() == set()
    assert notices(fleet_line) == [("no_account", "email", "Signalbus")]
    assert fleet.calls("late") == 1
    fleet_line.pass_time(61)
    fleet_line.publish()
    settle(worker)
    assert fleet.calls("late") == MANY + 1


def test_without_one_they_stand_still(
    api: Api, fleet_line: Line, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_account(fleet_line.tenant, channel="sms", name="text")
    ask_many(api)
    worker = fleet_line.worker()
    fleet_line.publish()
    settle(worker)
    look_again(fleet_line, worker, monkeypatch)
    assert paused() == LANES
    assert notices(fleet_line) == [("no_account", "email", "")]


def test_lifting_the_notice_lets_them_be_tried(api: Api, fleet_line: Line, fleet: Fleet) -> None:
    ask_many(api)
    fleet_line.deliver()
    with in_tenant(fleet_line.tenant):
        lift_notice(Notice.objects.get().id, "olga")
    assert paused() == set()


def test_the_other_tenant_and_the_other_channel_go_on(
    api: Api, globex_api: Api, fleet_line: Line, fleet: Fleet, globex: Any
) -> None:
    make_account(fleet_line.tenant, channel="sms", name="text")
    make_account(globex, name="globexs")
    ask_many(api)
    ask(globex_api, to="g@example.org")
    ask(api, to="+33612345678")
    fleet_line.deliver()
    fleet_line.deliver("sms")
    assert {pause.tenant_id for pause in LinePause.objects.all()} == {fleet_line.tenant.id}
    assert (fleet.calls("globexs"), fleet.calls("text")) == (1, 1)


def test_what_waits_for_a_receipt_goes_on(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    line.deliver()
    with in_tenant(line.tenant):
        ProviderAccount.objects.filter(channel="email").update(enabled=False)
    accounts.forget()
    ask_many(api)
    line.deliver()
    assert paused() == LANES
    line.pass_time(60)
    work(line)
    assert states(line)[-1] == ("sms", "sent")


def test_one_that_a_redrive_names_stops_nothing(api: Api, line: Line) -> None:
    ask_many(api)
    with in_tenant(line.tenant):
        Delivery.objects.update(wanted_account=new_id())
    line.deliver()
    assert (paused(), notices(line)) == (set(), [])
