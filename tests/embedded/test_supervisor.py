"""The supervisor as a process of its own, as `make up` starts it."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from signalbus.embedded import stack
from signalbus.embedded.errors import StackError
from signalbus.embedded.identity import identity
from signalbus.embedded.paths import Home
from signalbus.embedded.supervisor import recorded
from signalbus.embedded.unit import Probe
from tests.embedded.units import unit

LISTEN = "import socket, time; s = socket.create_server(('127.0.0.1', {port})); time.sleep(60)"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(root=tmp_path / "var")
    yield home
    stack.stop(home)


def test_it_recovers_from_its_own_death(home: Home, tmp_path: Path, free_port: int) -> None:
    listening = LISTEN.format(port=free_port)
    wanted = [unit(tmp_path, "server", listening, probe=Probe(port=free_port))]
    stack.want(home, wanted)
    stack.await_ready(home, wanted)
    assert stack.ready(home, wanted)

    first = stack.supervisor(home)
    assert first
    os.kill(first["pid"], signal.SIGKILL)
    os.waitpid(first["pid"], 0)
    server = recorded(home)["server"]["pid"]
    assert stack.supervisor(home) is None
    assert identity(server)

    stack.want(home, wanted)
    stack.await_ready(home, wanted)
    assert recorded(home)["server"]["pid"] == server

    assert stack.stop(home)
    assert identity(server) is None
    assert not stack.stop(home)


def test_what_a_killed_supervisor_left_is_stopped(home: Home, tmp_path: Path) -> None:
    stack.want(home, [unit(tmp_path)])
    ends = time.monotonic() + 5
    while "pid" not in recorded(home).get("stay", {}):
        assert time.monotonic() < ends
        time.sleep(0.05)
    pid = recorded(home)["stay"]["pid"]
    known = stack.supervisor(home)
    assert known
    os.kill(known["pid"], signal.SIGKILL)
    os.waitpid(known["pid"], 0)
    assert stack.stop(home)
    assert identity(pid) is None


def test_a_unit_that_cannot_start_is_named_with_its_last_word(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack, "MANY_DEATHS", 2)
    broken = unit(tmp_path, code="raise SystemExit('the disk is full')", probe=Probe(port=1))
    stack.want(home, [broken])
    with pytest.raises(
        StackError, match=r"stay does not come up\. Its last word: the disk is full"
    ):
        stack.await_ready(home, [broken])
