"""What is watched for its receipt, and what is told of it."""

import pytest

from delivery.providers.account import SIMULATOR
from delivery.providers.simulator.driver import Simulator
from tests.delivery.pipeline.kit import Line, ask, lead_everything_to
from tests.delivery.pipeline.watch_kit import (
    greet,
    make_watching,
    sent,
    watches,
    work,
)
from tests.door import Api
from tests.make import make_account, make_policy


def test_what_is_sent_is_watched_for_the_policy_s_seconds(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    greet(api)
    line.deliver()
    (watch,) = watches()
    delivery = line.delivery()
    assert delivery.settled_at is not None
    assert watch.delivery == delivery.id
    assert (watch.stream, watch.tries, watch.published) == ("email.normal", 1, False)
    waits = (watch.available_at - delivery.settled_at).total_seconds()
    assert waits == pytest.approx(60, abs=1)


def test_nothing_is_watched_where_nobody_asks(api: Api, line: Line) -> None:
    make_policy(line.tenant, channels=("email",))
    greet(api)
    ask(api)
    line.deliver()
    assert not watches()


def test_nothing_is_watched_where_there_is_no_other_way(api: Api, line: Line) -> None:
    make_watching(line.tenant)
    greet(api)
    line.deliver()
    assert not watches()


def test_a_receipt_with_the_answer_leaves_nothing_to_watch(
    test_api: Api, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead_everything_to(Simulator(SIMULATOR), monkeypatch)
    make_watching(line.tenant, ["sms"])
    greet(test_api)
    line.deliver()
    assert line.delivery().status == "delivered"
    assert not watches()


def test_the_timeline_says_why_and_by_what(api: Api, line: Line) -> None:
    make_watching(line.tenant, ["sms"])
    notification = greet(api)
    sent(line)
    work(line)
    found = api.get(f"/notifications/{notification}").body
    (fell,) = [event for event in found["timeline"] if event["event"] == "fell over"]
    email, sms = found["deliveries"]
    assert fell["detail"] == "No receipt of delivery came in time: it goes by sms instead."
    assert (fell["channel"], fell["delivery"]) == ("email", email["id"])
    assert sms["fallback_of"] == email["id"]
    assert "fallback_of" not in email


def test_the_timeline_tells_of_another_account(api: Api, line: Line) -> None:
    make_account(line.tenant, name="another", position=5)
    make_watching(line.tenant)
    notification = greet(api)
    sent(line)
    work(line)
    timeline = api.get(f"/notifications/{notification}").body["timeline"]
    fell, again = timeline[-2:]
    assert (fell["event"], again["event"]) == ("fell over", "sent")
    assert fell["detail"].endswith("another account sends it again.")
    assert again["detail"] == "possibly repeated"
