"""Only the units that ask for it have timers that fire late."""

import sys
import threading
from pathlib import Path

import pytest

from signalbus.embedded.child import start
from tests.embedded.units import unit

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a setting of Linux")


def slack_of(number: int) -> int:
    return int(Path(f"/proc/{number}/timerslack_ns").read_text())


def test_a_unit_takes_its_slack_along_and_its_starter_keeps_its_own(tmp_path: Path) -> None:
    own = slack_of(threading.get_native_id())
    late = start(unit(tmp_path, "late", slack_seconds=0.1))
    prompt = start(unit(tmp_path, "prompt"))
    try:
        assert slack_of(late.pid) == 100_000_000
        assert slack_of(prompt.pid) == own
        assert slack_of(threading.get_native_id()) == own
    finally:
        late.sweep()
        prompt.sweep()
