"""Units are asked when it is time, and new ones at once."""

import socket
import threading
import time
from collections.abc import Callable

import pytest

from signalbus.embedded import prober
from signalbus.embedded.prober import Prober
from signalbus.embedded.unit import Probe
from signalbus.embedded.waker import Waker


def within(seconds: float, true: Callable[[], bool]) -> bool:
    ends = time.monotonic() + seconds
    while not true() and time.monotonic() < ends:
        time.sleep(0.01)
    return true()


def test_a_new_unit_is_asked_at_once_while_the_prober_sleeps(free_port: int) -> None:
    asking = Prober(Waker())
    asking.start()
    with socket.create_server(("127.0.0.1", free_port)):
        for name in ("first", "second"):
            asking.watch(name, Probe(port=free_port))
            assert within(2.0, lambda name=name: asking.answered(name))


def test_a_starting_unit_is_asked_until_it_answers(free_port: int) -> None:
    asking = Prober(Waker())
    asking.watch("late", Probe(port=free_port))
    asking.start()
    assert not within(0.3, lambda: asking.answered("late"))
    with socket.create_server(("127.0.0.1", free_port)):
        assert within(2.0, lambda: asking.answered("late"))


def test_units_that_answer_leave_the_prober_asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Probe] = []
    answered = threading.Event()

    def answers(probe: Probe) -> bool:
        asked.append(probe)
        answered.set()
        return True

    monkeypatch.setattr(prober, "answers", answers)
    asking = Prober(Waker())
    asking.watch("steady", Probe(port=1))
    asking.start()
    assert answered.wait(2.0)
    time.sleep(0.5)
    assert len(asked) == 1
