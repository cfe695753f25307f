"""Celery: a worker that answers. It is asked over its broker, as `celery inspect ping` does."""

from collections.abc import Iterator

from django.conf import settings

from signalbus.celery import app
from signalbus.doctor.findings import Finding, fail, ok, some, warn

SECONDS = 3.0
BEAT = "celerybeat@"


def probe() -> Iterator[Finding]:
    """Whoever answers within the time; one that is in the middle of a long job may not."""
    if not settings.REDIS_URL:
        remedy = (
            "See that `celery -A signalbus beat` runs: without REDIS_URL it does the jobs itself."
        )
        yield warn("Celery cannot be asked without REDIS_URL.", remedy)
        return
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
