"""Periodic jobs count their ends, whoever runs them, and doctor judges them."""

from datetime import timedelta

import pytest
from celery.beat import ScheduleEntry
from django.utils import timezone
from prometheus_client import REGISTRY

from signalbus import celery_jobs, tasks
from signalbus.celery import app
from signalbus.celery_beat import OwnHandsScheduler
from signalbus.doctor import jobs
from signalbus.doctor.findings import State
from signalbus.models import JobEnd

TASK = tasks.match_receipts.name


def ended(outcome: str) -> float:
    labels = {"task": "match_receipts", "outcome": outcome}
    return REGISTRY.get_sample_value("signalbus_jobs_total", labels) or 0.0


def test_a_job_that_is_done(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.tasks[TASK], "run", lambda: None)
    before = ended("done")
    app.tasks[TASK].apply(throw=True)
    app.tasks[TASK]()
    assert ended("done") == before + 2


def test_a_job_that_fails_in_the_beats_own_hands(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(app.tasks[TASK], "run", fail)
    before = ended("failed"), ended("done")
    scheduler = OwnHandsScheduler(app, lazy=True)
    scheduler._do(ScheduleEntry(name="one", task=TASK, app=app))
    assert (ended("failed"), ended("done")) == (before[0] + 1, before[1])


def test_each_is_shown_before_its_first_end() -> None:
    celery_jobs.count_from_zero(app)
    for entry in app.conf.beat_schedule.values():
        labels = {"task": entry["task"].removeprefix("signalbus."), "outcome": "done"}
        assert REGISTRY.get_sample_value("signalbus_jobs_total", labels) is not None


def test_a_job_that_came_with_a_release_has_its_own_time(database: None) -> None:
    OwnHandsScheduler(app)
    now = timezone.now()
    others = JobEnd.objects.exclude(task="purge_receipts")
    others.update(done_at=now, known_since=now - timedelta(days=7))
    (fresh,) = jobs._ends(now)
    assert fresh.state is State.OK
    later = now + timedelta(minutes=186)
    others.update(done_at=later)
    (late,) = jobs._ends(later)
    assert (late.state, "purge_receipts" in late.says) == (State.FAIL, True)


def test_a_beat_that_has_done_nothing_yet(database: None) -> None:
    OwnHandsScheduler(app)
    (told,) = jobs._ends(timezone.now())
    assert (told.state, "No periodic job was done yet" in told.says) == (State.WARN, True)
    assert told.next_step.startswith(
        "Ask again in a few minutes if all was started just now. Start"
    )
