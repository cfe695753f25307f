"""What every periodic job has in common: its end is counted, whoever ran it."""

from typing import Any

from celery import Celery, Task

from signalbus.core.metrics import JOBS

DONE, FAILED = "done", "failed"


class Job(Task):
    """A task that counts its ends, in a worker as well as in the beat's own hands."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        outcome = FAILED
        try:
            result = super().__call__(*args, **kwargs)
            outcome = DONE
        finally:
            JOBS.labels(_word(self.name), outcome).inc()
        return result


def count_from_zero(app: Celery) -> None:
    """Show each job of the schedule before its first end, so that a rate sees that one too."""
    for entry in app.conf.beat_schedule.values():
        for outcome in (DONE, FAILED):
            JOBS.labels(_word(entry["task"]), outcome)


def _word(name: str) -> str:
    return name.removeprefix("signalbus.")
