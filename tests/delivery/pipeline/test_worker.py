"""The loop: order, shares, outages, items that raise, and the end of a process."""

import threading
from typing import Any

import pytest
from django.db import OperationalError, connection

from delivery.errors import DeliveryError, ErrorClass
from delivery.pipeline import content, recorder
from delivery.pipeline.items import Item
from signalbus.bus.models import OutboxEntry
from tests.delivery.pipeline.kit import Line, ask, settle, until
from tests.door import Api
from tests.make import make_recipient


def test_of_one_recipient_one_is_in_flight_at_a_time(api: Api, line: Line) -> None:
    make_recipient(line.tenant, "user-1")
    for number in range(3):
        ask(api, to="", channel="email", recipient="user-1", data={"name": str(number)})
    ask(api, to="other@example.org")
    line.publish()
    line.provider.gate.clear()
    worker = line.worker()
    worker.step()
    worker.step()
    assert sorted(message.to for message in line.provider.sent) == ["ana@example.org"]
    assert len(worker._flight) == 2
    line.provider.gate.set()
    settle(worker)
    texts = [each.text for each in line.provider.sent if each.to == "ana@example.org"]
    assert texts == ["Hello 0", "Hello 1", "Hello 2"]


def test_too_many_of_one_recipient_go_back_into_the_line(api: Api, line: Line) -> None:
    items = [
        {"channel": "email", "to": "ana@example.org", "subject": "s", "text": "t"}
        for _ in range(20)
    ]
    assert api.post("/notifications/batch", {"items": items}).body["accepted"] == 20
    line.publish()
    line.provider.gate.clear()
    worker = line.worker()
    worker.step()
    assert OutboxEntry.objects.filter(reason="busy", published=False).count() == 3
    line.provider.gate.set()
    settle(worker)
    line.pass_time(3)
    line.deliver()
    assert len(line.provider.sent) == 20


def test_a_message_waits_for_a_place(api: Api, line: Line, monkeypatch: Any) -> None:
    monkeypatch.setattr(type(line.provider), "max_batch", 1)
    worker = line.worker(max_in_flight=4)
    ask(api)
    line.publish()
    settle(worker)
    for number in range(6):
        ask(api, to=f"user{number}@example.org")
    line.publish()
    line.provider.gate.clear()
    worker.step()
    worker.step()
    assert worker._dispatcher.busy == 3, "three quarters of the places are one account's share"
    assert len(worker._flight) == 4, "and one is at hand for the next place"
    line.provider.gate.set()
    settle(worker)
    assert len(line.provider.sent) == 7


def test_an_account_of_which_nothing_is_known_takes_few_places(
    api: Api, line: Line, monkeypatch: Any
) -> None:
    monkeypatch.setattr(type(line.provider), "max_batch", 1)
    for number in range(12):
        ask(api, to=f"user{number}@example.org")
    line.publish()
    line.provider.gate.clear()
    worker = line.worker(max_in_flight=16)
    worker.step()
    worker.step()
    assert worker._dispatcher.busy == len(worker._flight) == 4, "and none is claimed for later"
    line.provider.gate.set()
    settle(worker)
    assert len(line.provider.sent) == 12


def test_outcomes_are_kept_over_an_outage(api: Api, line: Line, monkeypatch: Any) -> None:
    ask(api)
    line.publish()
    worker = line.worker()
    record, away = recorder.record, []

    def no_database(*given: Any) -> Any:
        away.append(1)
        raise OperationalError("the database is away")

    monkeypatch.setattr(recorder, "record", no_database)
    monkeypatch.setattr("delivery.pipeline.worker.OUTAGE_PAUSE", 0.0)
    until(lambda: len(away) > 2, worker)
    assert line.delivery().status == "queued"
    monkeypatch.setattr(recorder, "record", record)
    settle(worker)
    assert (line.delivery().status, len(line.provider.sent)) == ("sent", 1)


def test_messages_are_kept_over_an_outage(api: Api, line: Line, monkeypatch: Any) -> None:
    ask(api)
    line.publish()
    monkeypatch.setattr("delivery.pipeline.worker.OUTAGE_PAUSE", 0.0)
    worker = line.worker()
    with monkeypatch.context() as broken:
        broken.setitem(connection.settings_dict, "PORT", 1)
        connection.close()
        assert worker.step() == 0
        assert worker.step() == 0
    connection.close()
    settle(worker)
    assert line.delivery().status == "sent"


def test_an_item_that_raises_harms_no_other_and_dies_the_third_time(
    api: Api, line: Line, monkeypatch: Any
) -> None:
    bad = ask(api, to="bad@example.org")
    good = [ask(api, to=f"user{number}@example.org") for number in range(5)]
    render = content.render

    def raises(item: Item) -> Any:
        if item.facts.address == "bad@example.org":
            raise ZeroDivisionError("a bug")
        return render(item)

    monkeypatch.setattr(content, "render", raises)
    line.deliver()
    assert {line.delivery(each).status for each in good} == {"sent"}
    entry = line.entry()
    assert entry is not None
    assert (entry.crashes, entry.reason, entry.published) == (1, "crashed", False)
    for _ in range(2):
        line.pass_time(10)
        line.deliver()
    delivery, (letter,) = line.delivery(bad), line.letters()
    assert (delivery.status, delivery.error_class) == ("dead", "crashed")
    assert "ZeroDivisionError: a bug" in delivery.detail
    assert "Traceback" in letter.reason
    assert line.entry() is None


def test_an_outcome_that_cannot_be_written_harms_no_other(api: Api, line: Line) -> None:
    strange = DeliveryError(error_class=ErrorClass.CONTENT_REFUSED, code="x" * 100, detail="long")
    line.provider.answers["bad@example.org"] += [strange]
    line.provider.send_many = lambda messages: [  # type: ignore[method-assign]
        line.provider.send_one(message) for message in messages
    ]
    line.provider._call = line.provider.send_many  # type: ignore[method-assign]
    bad, good = ask(api, to="bad@example.org"), ask(api, to="good@example.org")
    line.deliver()
    assert line.delivery(good).status == "sent"
    assert (line.delivery(bad).status, line.delivery(bad).error_code) == ("failed", "")


def test_the_end_of_a_worker_records_and_gives_back(api: Api, line: Line) -> None:
    for number in range(3):
        ask(api, to="ana@example.org", data={"name": str(number)})
    line.publish()
    line.provider.gate.clear()
    worker = line.worker()
    worker.step()
    threading.Timer(0.2, line.provider.gate.set).start()
    worker.finish()
    assert len(line.provider.sent) == 1
    waiting = OutboxEntry.objects.filter(published=False, claim=None)
    assert waiting.count() == OutboxEntry.objects.count() == 2
    assert all(line.queues[f"email.{lane}"].closed for lane in ("high", "normal", "bulk"))
    line.deliver()
    assert len(line.provider.sent) == 3


def test_a_drain_ends_when_nothing_is_due(api: Api, line: Line) -> None:
    ask(api)
    line.publish()
    line.worker().run(threading.Event(), nothing_due=lambda: not OutboxEntry.objects.exists())
    assert line.delivery().status == "sent"


def test_two_tenants_in_one_turn(api: Api, globex_api: Api, line: Line, globex: Any) -> None:
    from tests.make import make_account

    make_account(globex)
    ask(api, to="a@example.org")
    ask(globex_api, to="g@example.org")
    line.deliver()
    assert {(message.schema, message.to) for message in line.provider.sent} == {
        (line.tenant.schema, "a@example.org"),
        (globex.schema, "g@example.org"),
    }


@pytest.mark.parametrize("lane", ["high", "normal", "bulk"])
def test_every_lane_is_served(api: Api, line: Line, lane: str) -> None:
    ask(api, priority=lane)
    line.deliver()
    assert line.delivery().status == "sent"


def test_an_error_of_the_loop_ends_it_in_order(api: Api, line: Line, monkeypatch: Any) -> None:
    for number in range(2):
        ask(api, to="ana@example.org", data={"name": str(number)})
    line.publish()
    worker = line.worker()
    prolong, rounds = worker._prolong, []

    def raises() -> None:
        rounds.append(1)
        if len(rounds) == 1:
            raise ZeroDivisionError("a bug")
        prolong()

    monkeypatch.setattr(worker, "_prolong", raises)
    line.provider.gate.clear()
    threading.Timer(0.2, line.provider.gate.set).start()
    with pytest.raises(ZeroDivisionError):
        worker.run(threading.Event(), nothing_due=None)
    assert [each.outcome for each in line.attempts()] == ["accepted"]
    entry = line.entry()
    assert entry is not None
    assert (entry.published, entry.claim) == (False, None)
    assert all(line.queues[f"email.{lane}"].closed for lane in ("high", "normal", "bulk"))
