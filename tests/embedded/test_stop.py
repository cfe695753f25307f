"""`make down` comes back once the supervisor is gone, and waits for nobody for ever."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from signalbus.embedded import stack
from signalbus.embedded.files import write_json
from signalbus.embedded.identity import identity, lingers, runs
from signalbus.embedded.paths import Home

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    """A process that ends by a signal, and stays in /proc until this one takes note."""
    process = subprocess.Popen(SLEEPER)
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def home(tmp_path: Path, child: subprocess.Popen[bytes]) -> Home:
    """A home whose supervisor is that process."""
    found = Home(root=tmp_path)
    found.state.parent.mkdir(parents=True, exist_ok=True)
    supervisor = {"pid": child.pid, "started": identity(child.pid), "code": "", "since": 0}
    write_json(found.state, {"supervisor": supervisor, "units": {}})
    return found


def in_proc(child: subprocess.Popen[bytes]) -> bool:
    return Path(f"/proc/{child.pid}").exists()


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc")


@needs_proc
def test_it_waits_until_the_dead_one_is_out_of_the_list(
    home: Home, child: subprocess.Popen[bytes]
) -> None:
    threading.Timer(0.8, child.wait).start()
    assert stack.stop(home)
    assert not in_proc(child)


@needs_proc
def test_it_does_not_wait_for_ever(
    home: Home, child: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stack, "BURIAL_SECONDS", 0.3)
    began = time.monotonic()
    assert stack.stop(home)
    assert time.monotonic() - began < 5
    assert in_proc(child)


@needs_proc
def test_a_dead_process_lingers_and_does_not_run(child: subprocess.Popen[bytes]) -> None:
    started = identity(child.pid)
    assert started is not None
    assert (runs(child.pid, started), lingers(child.pid, started)) == (True, False)
    os.kill(child.pid, signal.SIGKILL)
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert (runs(child.pid, started), lingers(child.pid, started)) == (False, True)
    assert not lingers(child.pid, "another one")
    child.wait()
    assert not lingers(child.pid, started)
