"""How often and for how long sending is tried."""

from datetime import timedelta
from typing import Any

import pytest

from notifications import patience as of_tenant
from notifications.deciding import patience
from signalbus.bus.streams import Channel, Lane
from tenants.context import in_tenant
from tests.make import make_policy


def test_every_channel_and_priority_has_a_rule() -> None:
    assert set(patience.TABLE) == {(channel, lane) for channel in Channel for lane in Lane}


def test_the_more_urgent_the_sooner() -> None:
    for channel in Channel:
        pauses = [patience.TABLE[channel, lane].first for lane in Lane]
        assert pauses == sorted(set(pauses))


def test_the_tables_own_figures_are_ones_that_a_policy_may_ask_for() -> None:
    for rule in patience.TABLE.values():
        assert patience.misfits({name: getattr(rule, name) for name in patience.BOUNDS}) == {}
        assert rule.deadline == 24 * 3600


def test_a_topics_figure_goes_before_the_installations_and_that_before_the_tables() -> None:
    installation = {"tries": 4, "deadline": 60.0}
    rule = patience.rule("sms", "high", installation, {"tries": 2, "unheard-of": 1})
    assert (rule.tries, rule.deadline, rule.first) == (2, 60.0, 2)
    assert patience.deadline("sms", "high", installation, {"tries": 2}) == timedelta(minutes=1)
    assert patience.deadline("sms", "high", {}, {}) == timedelta(days=1)


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("first", 0),
        ("first", "10"),
        ("first", None),
        ("factor", 0.5),
        ("tries", 0),
        ("tries", 2.5),
        ("tries", True),
        ("deadline", float("nan")),
        ("deadline", 31 * 24 * 3600),
        ("longest", float("inf")),
        ("pause", 1),
    ],
)
def test_what_a_policy_cannot_ask_for(figure: str, value: object) -> None:
    assert set(patience.misfits({figure: value})) == {figure}


def test_the_installations_figures_are_those_that_are_set(settings: Any) -> None:
    assert of_tenant.installation() == {}
    settings.RETRY_TRIES, settings.DELIVERY_DEADLINE = 2, 0.0
    assert of_tenant.installation() == {"tries": 2, "deadline": 0.0}


def test_a_new_deadline_is_as_long_as_the_topic_says(acme: Any, settings: Any) -> None:
    make_policy(acme, "code", retry={"deadline": 120})
    with in_tenant(acme):
        assert of_tenant.deadline_after("code", "sms", "high") == timedelta(minutes=2)
        assert of_tenant.deadline_after("", "sms", "high") == timedelta(days=1)
        settings.DELIVERY_DEADLINE = 5.0
        assert of_tenant.deadline_after("gone", "sms", "high") == timedelta(seconds=5)
