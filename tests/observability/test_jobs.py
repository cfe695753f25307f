"""Periodic jobs count their ends, whoever runs them."""

import pytest
from celery.beat import ScheduleEntry
from prometheus_client import REGISTRY

from signalbus import celery_jobs, tasks
from signalbus.celery import app
from signalbus.celery_beat import OwnHandsScheduler

TASK = tasks.match_receipts.name


def ended(outcome: str) -> float:
    labels = {"task": "match_receipts", "outcome": outcome}
    return REGISTRY.get_sample_value("signalbus_jobs_total", labels) or 0.0


def test_a_job_that_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
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
