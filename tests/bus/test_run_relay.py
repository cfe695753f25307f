"""The relay as a process of its own."""

import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from signalbus.bus import outbox
from signalbus.bus.models import OutboxEntry
from tests.bus.line import database_now, put, taken
from tests.processes import Processes, eventually


def test_it_publishes_soon_after_the_commit_and_stops_cleanly(processes: Processes) -> None:
    relay = processes.relay()
    put()
    eventually(lambda: taken() == 1, 20, "the first entry published")
    began = time.monotonic()
    put()
    eventually(lambda: taken() == 2, 5, "the second entry published")
    assert time.monotonic() - began < 1.5
    assert relay.stop() == 0


def test_what_is_due_later_is_at_most_a_second_late(processes: Processes) -> None:
    processes.relay()
    put()
    eventually(lambda: taken() == 1, 20)
    due = database_now() + timedelta(seconds=1.5)
    (entry,) = put(available_at=due)
    eventually(lambda: outbox.peek([entry])[entry].published, 5)
    assert (database_now() - due).total_seconds() < 1.0


def test_killed_in_the_middle_nothing_is_lost(processes: Processes) -> None:
    relay = processes.relay(SIGNALBUS_VISIBILITY="2")
    put(3000)
    eventually(lambda: taken() > 0, 20)
    relay.kill()
    processes.relay(SIGNALBUS_VISIBILITY="2")
    eventually(lambda: not OutboxEntry.objects.filter(generation=0).exists(), 30)


def test_it_serves_the_lanes_it_is_told(processes: Processes) -> None:
    for stream in ("email.high", "sms.high", "email.normal", "email.bulk"):
        put(10, stream=stream)
    relay = processes.command("run_relay", "--lanes", "bulk,high", "--drain")
    assert relay.process is not None
    assert relay.process.wait(30) == 0
    left = OutboxEntry.objects.filter(published=False).values_list("stream", flat=True)
    assert set(left) == {"email.normal"}


def test_a_lane_that_there_is_not_is_refused() -> None:
    with pytest.raises(CommandError, match="takes some of high, normal, bulk"):
        call_command("run_relay", "--lanes", "urgent")


def test_drain_ends_when_nothing_is_due(processes: Processes) -> None:
    put(20)
    relay = processes.command("run_relay", "--drain")
    assert relay.process is not None
    assert relay.process.wait(30) == 0
    assert taken() == 20
