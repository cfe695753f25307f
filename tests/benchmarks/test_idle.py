"""What an idle stack costs is told by unit, or it is said why not."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import idle
from benchmarks.errors import MeasureError
from signalbus.embedded import stack
from signalbus.embedded.paths import Home
from tests.embedded.units import unit

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
BUSY = "while True: pass"
WITH_CHILD = (
    "import subprocess, sys, time\n"
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); time.sleep(60)"
)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(root=tmp_path / "var")
    yield home
    stack.stop(home)


def test_each_unit_has_its_own_figures(home: Home, tmp_path: Path) -> None:
    wanted = [unit(tmp_path, "busy", BUSY), unit(tmp_path, "parent", WITH_CHILD)]
    stack.want(home, wanted)
    stack.await_ready(home, wanted)
    costs = idle.measure(home, 0.5)
    assert {name: cost.processes for name, cost in costs.items()} == {
        "busy": 1,
        "parent": 2,
        "supervisor": 1,
    }
    assert costs["busy"].percent > 10 > costs["supervisor"].percent
    assert all(cost.megabytes > 1 for cost in costs.values())


def test_a_stack_that_does_not_run_is_no_stack_without_costs(home: Home) -> None:
    with pytest.raises(MeasureError, match=r"nothing runs in .*`make up` starts it"):
        idle.measure(home, 0.1)


@pytest.mark.parametrize(("percent", "verdict"), [(9.9, "met"), (10.1, "MISSED")])
def test_the_sum_stands_beside_the_goal(percent: float, verdict: str) -> None:
    costs = {
        "web": idle.Cost(processes=3, percent=percent - 1, megabytes=100.0),
        "supervisor": idle.Cost(processes=1, percent=1.0, megabytes=10.0),
    }
    last = idle.table(costs).splitlines()[-1]
    assert last.split() == [
        "all",
        "4",
        f"{percent:.2f}",
        "110.0",
        *f"goal: < 10 %, {verdict}".split(),
    ]
