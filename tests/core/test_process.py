"""The base of background processes, as a real program."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys
from signalbus.bus.process import ProcessCommand

class Command(ProcessCommand):
    def run(self, options):
        if options["slot"] == "crash":
            raise ValueError("no such address: ana@example.org")
        if not options["drain"]:
            self.stopping.wait()
        self.stdout.write("finished what was under way")

Command().run_from_argv(["manage.py", "run_example", "--skip-checks", *sys.argv[1:]])
"""

OWN = {"PYTHONPATH": str(ROOT), "SIGNALBUS_LOG_LEVEL": "INFO"}
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def begin(*flags: str, **environment: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *flags],
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "SIGNALBUS_LOG_LEVEL": "INFO",
                **environment,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()


def get(port: int, path: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def wait_for(port: int) -> None:
    ends = time.monotonic() + 15
    while time.monotonic() < ends:
        try:
            get(port, "/livez")
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the port was never served")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_it_finish(start: Start, number: int) -> None:
    port = free_port()
    process = start("--metrics-port", str(port))
    wait_for(port)
    process.send_signal(number)
    output, errors = process.communicate(timeout=10)
    assert process.returncode == 0, errors
    assert "finished what was under way" in output
    events = [json.loads(line)["event"] for line in errors.splitlines()]
    assert events == ["process.started", "process.stopped"]


def test_its_port_answers_about_it(start: Start) -> None:
    port = free_port()
    start("--metrics-port", str(port))
    wait_for(port)
    assert get(port, "/livez") == (200, b'{"status":"ok"}')
    status, body = get(port, "/readyz")
    assert (status, json.loads(body)["status"]) == (200, "ok")
    assert b"signalbus_build_info{" in get(port, "/metrics")[1]
    assert get(port, "/elsewhere")[0] == 404


def test_without_kafka_it_is_not_ready(start: Start) -> None:
    port = free_port()
    start("--metrics-port", str(port), KAFKA_BROKERS="127.0.0.1:1")
    wait_for(port)
    status, body = get(port, "/readyz")
    answer: dict[str, Any] = json.loads(body)
    assert (status, answer["status"], answer["culprits"]) == (503, "unavailable", ["kafka"])
    assert get(port, "/livez")[0] == 200


def test_drained_it_ends_by_itself(start: Start) -> None:
    process = start("--drain")
    assert process.wait(15) == 0


def test_a_crash_is_told_and_ends_it(start: Start) -> None:
    process = start("--slot", "crash")
    _, errors = process.communicate(timeout=15)
    assert process.returncode == 1
    crash = json.loads(errors.splitlines()[-1])
    assert crash["event"] == "process.crashed"
    assert "ValueError: no such address: a**@example.org" in crash["exception"]
