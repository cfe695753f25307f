"""What every periodic job has in common: its end is counted and written down, whoever ran it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from celery import Celery, Task
from django.db import Error, connection

from signalbus.core.logs import get_logger
from signalbus.core.metrics import JOBS

DONE, FAILED = "done", "failed"
REMEMBER = """
INSERT INTO public.signalbus_jobend (task, done_at, known_since)
VALUES (%s, clock_timestamp(), clock_timestamp())
ON CONFLICT (task) DO UPDATE SET done_at = excluded.done_at
"""
KNOW = """
INSERT INTO public.signalbus_jobend (task, done_at, known_since)
SELECT job, now(), now() FROM unnest(%s::text[]) AS job
ON CONFLICT (task) DO NOTHING
"""
ENDS = "SELECT task, done_at FROM public.signalbus_jobend"

log = get_logger(__name__)


class Job(Task):
    """A task that counts its ends, in a worker as well as in the beat's own hands."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        outcome = FAILED
        try:
            result = super().__call__(*args, **kwargs)
            outcome = DONE
            _remember(word(self.name))
        finally:
            JOBS.labels(word(self.name), outcome).inc()
        return result


def _remember(job: str) -> None:
    """For doctor, which asks when each was done; the job is done, whether that succeeds or not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(REMEMBER, [job])
    except Error as error:
        log.warning("job.end_not_written", job=job, error=str(error))


def last_ends(jobs: Sequence[str]) -> dict[str, datetime]:
    """When each was done last; one that is new is known from now on.

    Empty while the database is away.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute(KNOW, [list(jobs)])
            cursor.execute(ENDS)
            return dict(cursor.fetchall())
    except Error as error:
        log.warning("job.ends_not_read", error=str(error))
        return {}
    finally:
        connection.close()


def count_from_zero(app: Celery) -> None:
    """Show each job of the schedule before its first end, so that a rate sees that one too."""
    for entry in app.conf.beat_schedule.values():
        for outcome in (DONE, FAILED):
            JOBS.labels(word(entry["task"]), outcome)


def word(name: str) -> str:
    """What metrics and doctor call a job."""
    return name.removeprefix("signalbus.")
