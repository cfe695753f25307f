"""The periodic jobs, and a real worker with its beat."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.beat import ScheduleEntry
from django.db import OperationalError, connection
from django.db.models import F
from django.utils import timezone

from signalbus import celery_beat, tasks
from signalbus.celery import app
from signalbus.celery_beat import OwnHandsScheduler
from signalbus.models import JobEnd
from tests.core.away import refusing_server, silent_server
from tests.core.test_process import get
from tests.own_valkey import own_valkey
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
QUICK_BEAT = """
from signalbus.celery import app

@app.task(name="tests.tell")
def tell():
    print("the job ran", flush=True)

app.conf.beat_schedule = {"tell": {"task": "tests.tell", "schedule": 0.5}}
"""


def test_every_periodic_job_exists_and_is_not_kept_when_late() -> None:
    for entry in app.conf.beat_schedule.values():
        assert app.tasks[entry["task"]].expires <= entry["schedule"]


def test_spares_are_kept_by_their_setting(
    database: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SPARE_SCHEMAS = 4
    asked: list[int] = []
    monkeypatch.setattr(tasks, "ensure_spares", lambda count: asked.append(count))
    tasks.keep_spare_schemas()
    assert asked == [4]


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Any]:
    (tmp_path / "quick_beat.py").write_text(QUICK_BEAT)
    started: list[subprocess.Popen[str]] = []

    def start(*flags: str, **environment: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "celery", "-A", "quick_beat:app", "worker", "-B"]
        process = subprocess.Popen(
            [*command, "-P", "solo", "--without-gossip", "--without-mingle", *flags],
            env={**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}", **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def read_until(process: "subprocess.Popen[str]", text: str) -> str:
    """What the process wrote up to that text; it is ended after twenty seconds without it."""
    assert process.stdout is not None
    guard = threading.Timer(20, process.kill)
    guard.start()
    read = ""
    while text not in read and (line := process.stdout.readline()):
        read += line
    guard.cancel()
    assert text in read, read
    return read


def test_one_process_keeps_time_and_works(worker: Any) -> None:
    process = worker()
    read_until(process, "the job ran")
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    assert not children.exists() or children.read_text() == "", "no second process"
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0


def test_its_port_answers_about_it(worker: Any) -> None:
    port = free_port()
    process = worker("--metrics-port", str(port))
    read_until(process, "the job ran")
    assert get(port, "/livez") == (200, b'{"status":"ok"}')
    assert get(port, "/readyz")[0] == 200
    assert b"signalbus_build_info{" in get(port, "/metrics")[1]
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0


def test_without_redis_it_answers_and_is_ready_for_work(worker: Any) -> None:
    port = free_port()
    process = worker("--metrics-port", str(port), REDIS_URL=refusing_server())
    read_until(process, "the job ran")
    assert get(port, "/livez")[0] == 200
    status, body = get(port, "/readyz")
    assert (status, json.loads(body)["culprits"]) == (200, ["redis"])


def test_while_redis_is_silent_the_jobs_are_done(worker: Any) -> None:
    with silent_server() as url:
        read_until(worker(REDIS_URL=url), "the job ran")


def test_when_redis_is_killed_the_jobs_go_on(worker: Any, tmp_path: Path) -> None:
    with own_valkey(tmp_path / "valkey") as (server, url):
        process = worker(REDIS_URL=url)
        read_until(process, "the job ran")
        server.kill()
        read_until(process, "beat.broker_away")
        for _ in range(3):
            read_until(process, "the job ran")


@pytest.mark.parametrize(("away", "done"), [(True, ["here"]), (False, ["broker"])])
def test_the_broker_is_left_alone_for_a_while(
    monkeypatch: pytest.MonkeyPatch, away: bool, done: list[str]
) -> None:
    scheduler, did = OwnHandsScheduler(app, lazy=True), []
    monkeypatch.setattr(scheduler, "_publish", lambda *given: did.append("broker"))
    monkeypatch.setattr(scheduler, "_do", lambda *given: did.append("here"))
    scheduler._away_until = time.monotonic() + (celery_beat.AGAIN if away else 0.0)
    scheduler.apply_entry(ScheduleEntry(name="one", task="signalbus.match_receipts", app=app))
    assert did == done


def test_a_job_that_fails_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(app.tasks["signalbus.match_receipts"], "run", fail)
    scheduler = OwnHandsScheduler(app, lazy=True)
    scheduler._away_until = time.monotonic() + celery_beat.AGAIN
    scheduler.apply_entry(ScheduleEntry(name="one", task="signalbus.match_receipts", app=app))


@pytest.fixture
def purged_long_ago(database: None) -> datetime:
    done = timezone.now() - timedelta(hours=10)
    JobEnd.objects.create(task="purge_receipts", done_at=done, known_since=done)
    return done


def due() -> set[str]:
    """What a beat that is started now does at once."""
    entries = OwnHandsScheduler(app).schedule.values()
    return {entry.task for entry in entries if entry.is_due().is_due}


def test_what_became_due_without_a_beat_is_done_at_its_start(purged_long_ago: datetime) -> None:
    assert due() == {"signalbus.purge_receipts"}


def test_a_beat_that_is_started_anew_ever_so_often_does_each_job(database: None) -> None:
    assert due() == set()
    JobEnd.objects.update(done_at=F("done_at") - timedelta(minutes=61))
    assert len(due()) == len(app.conf.beat_schedule)


def test_an_end_in_the_future_delays_nothing(purged_long_ago: datetime) -> None:
    JobEnd.objects.update(done_at=timezone.now() + timedelta(days=1))
    entry = OwnHandsScheduler(app).schedule["purge-receipts"]
    assert entry.last_run_at <= timezone.now()


def test_without_the_database_a_beat_starts(
    purged_long_ago: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("The database is away.")

    with monkeypatch.context() as patched:
        patched.setattr(connection, "cursor", away)
        assert due() == set()


def test_without_redis_it_goes_on_trying(worker: Any) -> None:
    process = worker(REDIS_URL=refusing_server())
    read_until(process, "Trying again in 4")
    assert process.poll() is None
