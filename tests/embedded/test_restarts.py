"""A dead unit starts again at once the first time, then with a growing pause."""

import pytest

from signalbus.embedded.restarts import PAUSES_SECONDS, STEADY_SECONDS, Restarts


def test_it_starts_at_once_the_first_time() -> None:
    rest = Restarts().after_death(now=100.0, started=99.0)
    assert rest.may_start(100.0)
    assert rest.total == 1


def test_the_pause_grows_and_then_stays() -> None:
    rest, pauses = Restarts(), []
    for _ in range(8):
        rest = rest.after_death(now=100.0, started=99.9)
        pauses.append(rest.not_before - 100.0)
    assert pauses == [*PAUSES_SECONDS, PAUSES_SECONDS[-1], PAUSES_SECONDS[-1]]


@pytest.mark.parametrize(("ran", "pause"), [(STEADY_SECONDS, 0.0), (STEADY_SECONDS - 1, 2.0)])
def test_a_steady_run_makes_the_next_death_the_first(ran: float, pause: float) -> None:
    rest = Restarts(in_a_row=2, total=2).after_death(now=500.0, started=500.0 - ran)
    assert rest.not_before == 500.0 + pause
    assert rest.total == 3
