import threading
import time

from signalbus.core import probing
from signalbus.core.probing import Prober


def failing() -> None:
    raise OSError("connection to 10.1.2.3 refused")


def test_an_answer_is_found_and_an_error_is_not_told_abroad() -> None:
    findings = Prober({"good": lambda: None, "bad": failing}).ask()
    assert findings["good"].ok
    assert not findings["bad"].ok
    assert "10.1.2.3" not in findings["bad"].detail


def test_silent_servers_are_waited_for_side_by_side(monkeypatch: object) -> None:
    monkeypatch.setattr(probing, "LIMIT_SECONDS", 0.3)  # type: ignore[attr-defined]
    silence = threading.Event()
    prober = Prober({"one": silence.wait, "two": silence.wait, "three": lambda: None})
    started = time.monotonic()
    findings = prober.ask()
    assert 0.3 <= time.monotonic() - started < 0.5
    assert [finding.ok for finding in findings.values()] == [False, False, True]
    assert findings["one"].detail == "no answer within 0.3 s"
    started = time.monotonic()
    assert not prober.ask()["one"].ok
    assert time.monotonic() - started < 0.1, "the probe under way is asked, not a new one"
    silence.set()


def test_an_answer_is_given_again_for_a_second_only(monkeypatch: object) -> None:
    asked: list[int] = []
    prober = Prober({"server": lambda: asked.append(1)})
    prober.ask()
    prober.ask()
    assert len(asked) == 1
    monkeypatch.setattr(probing, "FRESH_SECONDS", 0.0)  # type: ignore[attr-defined]
    prober.ask()
    assert len(asked) == 2
