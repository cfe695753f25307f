"""Celery: a worker that answers, and jobs that were done when they should have been.

The worker is asked over its broker, as `celery inspect ping` does. Without a beat it answers too,
and does nothing: only the jobs' ends tell of both.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from signalbus.celery import app
from signalbus.celery_jobs import word
from signalbus.doctor.findings import Finding, fail, ok, some, warn
from signalbus.models import JobEnd

SECONDS = 3.0
BEAT = "celerybeat@"
# A job is late after so many of its own pauses and some time: the worker does one job after the
# other, and all that are due when beat is started.
PAUSES, SPARE = 3, timedelta(minutes=5)
START_BEAT = "Start celery -A signalbus beat, once; a worker with -B has one of its own."


def probe() -> Iterator[Finding]:
    """Without REDIS_URL there is no worker: beat does the jobs itself."""
    if settings.REDIS_URL:
        yield from _worker()
    yield from _ends(timezone.now())


def _ends(now: datetime) -> Iterator[Finding]:
    """What was done when. A job that was never done is late once it is known for so long, or others
    where beat does not know it."""
    ends = {end.task: end for end in JobEnd.objects.all()}
    done = [end.done_at for end in ends.values() if end.done_at > end.known_since]
    if not done:
        says = "No periodic job was done yet: nothing is purged or counted."
        yield warn(says, f"Ask again in a few minutes if all was started just now. {START_BEAT}")
        return
    last = max(done)
    oldest = min(end.known_since for end in ends.values())
    late = [
        job
        for job, pause in _schedule().items()
        if now - (ends[job].done_at if job in ends else oldest) > PAUSES * pause + SPARE
    ]
    if now - last > SPARE:
        yield fail(f"The last periodic job was done at {last:%FT%TZ}: no beat runs.", START_BEAT)
    elif late:
        remedy = "Look for their errors in the log of the Celery worker."
        yield fail(f"Not done for too long: {some(sorted(late))}.", remedy)
    else:
        yield ok(f"Periodic jobs are done, the last one at {last:%FT%TZ}.")


def _schedule() -> dict[str, timedelta]:
    """How often each job is to be done."""
    entries = app.conf.beat_schedule.values()
    return {word(entry["task"]): timedelta(seconds=entry["schedule"]) for entry in entries}


def _worker() -> Iterator[Finding]:
    """Whoever answers within the time; one that is in the middle of a long job may not."""
    try:
        answers = app.control.ping(timeout=SECONDS)
    except OSError as error:
        yield fail(f"Celery's broker does not answer: {error}.", "Mend what is told of Redis.")
        return
    names = sorted(name for answer in answers for name in answer)
    workers = [name for name in names if not name.startswith(BEAT)]
    if workers:
        yield ok(f"Celery answers: {some(names)}.")
    else:
        says = f"No worker of Celery answered within {SECONDS:g} s: nothing is purged or counted."
        yield fail(says, "Start celery -A signalbus worker, or ask again if it may be busy.")
