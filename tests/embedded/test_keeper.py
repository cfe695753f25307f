"""What runs becomes what is wanted."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from signalbus.embedded.identity import identity
from signalbus.embedded.keeper import Keeper
from signalbus.embedded.prober import Prober
from signalbus.embedded.unit import PROCESSES, SERVERS, Unit, unit_from_json
from signalbus.embedded.waker import Waker
from tests.embedded.units import noting, unit


@pytest.fixture
def keeper() -> Iterator[Keeper]:
    keeper = Keeper(Prober(Waker()))
    yield keeper
    keeper.stop_all()


def until(true: Callable[[], object], seconds: float = 5.0) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_a_killed_unit_is_back_at_once(keeper: Keeper, tmp_path: Path) -> None:
    wanted = [unit(tmp_path)]
    keeper.turn(wanted)
    first = keeper.children["stay"].pid
    os.kill(first, signal.SIGKILL)
    until(lambda: not keeper.children["stay"].alive())
    keeper.turn(wanted)
    assert keeper.children["stay"].alive()
    assert keeper.children["stay"].pid != first
    assert keeper.state()["stay"]["deaths"] == 1


def test_a_unit_that_keeps_dying_has_to_wait(keeper: Keeper, tmp_path: Path) -> None:
    wanted = [unit(tmp_path, code="raise SystemExit(3)")]
    until(lambda: keeper.turn(wanted) or keeper.state()["stay"]["deaths"] >= 2)
    keeper.turn(wanted)
    assert "stay" not in keeper.children
    assert keeper.restarts["stay"].not_before > time.monotonic()


def test_a_command_that_does_not_exist_harms_no_other(keeper: Keeper, tmp_path: Path) -> None:
    broken = replace(unit(tmp_path, "broken"), argv=("/nowhere/at/all",))
    keeper.turn([broken, unit(tmp_path)])
    assert list(keeper.children) == ["stay"]
    assert keeper.state()["broken"]["deaths"] == 1


def test_what_a_dead_unit_started_ends_too(keeper: Keeper, tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "open('grandchild', 'w').write(f'{child.pid}\\n'); time.sleep(60)"
    )
    keeper.turn([unit(tmp_path, code=code)])
    note = tmp_path / "grandchild"
    until(lambda: note.exists() and note.read_text().endswith("\n"))
    os.kill(keeper.children["stay"].pid, signal.SIGKILL)
    until(lambda: not keeper.children["stay"].alive())
    keeper.turn([])
    until(lambda: identity(int(note.read_text())) is None)


def test_servers_stop_after_the_processes(keeper: Keeper, tmp_path: Path) -> None:
    server = noting(tmp_path, "server", tier=SERVERS)
    process = noting(tmp_path, "process", tier=SERVERS)
    keeper.turn([server, process])
    until(lambda: all((tmp_path / f"{name}.up").exists() for name in keeper.children))
    keeper.children["process"].unit = replace(process, tier=PROCESSES)
    keeper.stop_all()
    assert (tmp_path / "stops").read_text() == "process server "


def test_processes_wait_for_the_servers(keeper: Keeper, tmp_path: Path) -> None:
    keeper.turn([unit(tmp_path, "server", tier=SERVERS), unit(tmp_path, "process")])
    assert list(keeper.children) == ["server"]


def test_a_deaf_unit_is_killed_when_its_time_is_over(keeper: Keeper, tmp_path: Path) -> None:
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "open('deaf', 'w'); time.sleep(60)"
    )
    keeper.turn([unit(tmp_path, code=deaf, stop_seconds=0.3)])
    pid = keeper.children["stay"].pid
    until(lambda: (tmp_path / "deaf").exists())
    keeper.stop_all()
    assert identity(pid) is None


def test_changed_code_means_a_restart_and_no_death(keeper: Keeper, tmp_path: Path) -> None:
    keeper.turn([unit(tmp_path, code_stamp="one")])
    before = keeper.children["stay"].pid
    keeper.turn([unit(tmp_path, code_stamp="two")])
    assert keeper.children["stay"].pid != before
    assert keeper.state()["stay"]["deaths"] == 0


def test_a_changed_address_means_a_restart(keeper: Keeper, tmp_path: Path) -> None:
    address = tmp_path / "address"
    wanted = [unit(tmp_path, environment_files={"KAFKA_BROKERS": str(address)})]
    address.write_text("127.0.0.1:1")
    keeper.turn(wanted)
    before = keeper.children["stay"].pid
    keeper.turn(wanted)
    assert keeper.children["stay"].pid == before
    address.write_text("127.0.0.1:2")
    keeper.turn(wanted)
    assert keeper.children["stay"].pid != before


def test_a_later_keeper_takes_over_what_still_runs(keeper: Keeper, tmp_path: Path) -> None:
    wanted: list[Unit] = [unit(tmp_path, "kept"), unit(tmp_path, "dropped")]
    earlier = Keeper(Prober(Waker()))
    earlier.turn(wanted)
    pids = {name: child.pid for name, child in earlier.children.items()}
    written = [unit_from_json(each.as_json()) for each in wanted[:1]]
    keeper.take_over(written, earlier.state())
    assert keeper.children["kept"].pid == pids["kept"]
    keeper.turn(written)
    assert keeper.children["kept"].alive()
    until(lambda: not earlier.children["dropped"].alive())
    keeper.stop_all()
    assert not earlier.children["kept"].alive()


def test_a_number_given_to_another_process_is_not_taken_over(
    keeper: Keeper, tmp_path: Path
) -> None:
    stranger = {"pid": os.getpid(), "started": "another boot/1", "since": 0.0, "fingerprint": "x"}
    keeper.take_over([unit(tmp_path)], {"stay": stranger, "gone": stranger})
    assert not keeper.children
