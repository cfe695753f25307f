"""The figures that an operator watches."""

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from signalbus.bus import outbox
from signalbus.bus.backlog import Backlog
from tests.bus.line import change, database_now, put, statements

pytestmark = pytest.mark.usefixtures("database")


def _figure(name: str, lane: str = "normal") -> float:
    return REGISTRY.get_sample_value(f"signalbus_{name}", {"channel": "email", "lane": lane})


def test_what_is_due_is_counted_and_its_age_told() -> None:
    ids = put(3) + put(2, tenant=2)
    put(4, available_at=database_now() + timedelta(hours=1))
    change(ids[:1], available_at=database_now() - timedelta(seconds=90))
    Backlog().measure()
    assert _figure("outbox_due") == 5
    assert 89 < _figure("outbox_oldest_due_seconds") < 95
    assert _figure("outbox_due", "bulk") == 0


def test_a_paused_line_is_counted_but_raises_no_alarm() -> None:
    change(put(3), available_at=database_now() - timedelta(seconds=90))
    outbox.pause(outbox.EVERY_STREAM, 1, "suspended")
    Backlog().measure()
    assert (_figure("outbox_due"), _figure("outbox_oldest_due_seconds")) == (3, 0)


def test_the_age_of_the_oldest_transaction_is_told() -> None:
    Backlog().measure()
    assert REGISTRY.get_sample_value("signalbus_oldest_transaction_seconds") >= 0


def test_it_measures_every_few_seconds_only() -> None:
    backlog = Backlog()
    backlog.measure()
    with statements() as seen:
        backlog.measure()
    assert seen == []
