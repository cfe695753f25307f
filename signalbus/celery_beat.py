"""Celery's clock, which does the jobs itself while the broker is away.

Redis only makes things quick: without it bounces are still read, senders watched, and old rows
deleted. A job may thus run twice at the same time, here and in a worker; each allows that.
"""

import time
from typing import Any

from celery.beat import ScheduleEntry, Scheduler
from django.db import connection

from signalbus.celery_jobs import last_ends, word
from signalbus.core.logs import get_logger

AGAIN = 30.0  # seconds after which a broker that was away is looked for again

log = get_logger(__name__)


class OwnHandsScheduler(Scheduler):
    """Hands each due job to the broker, or does it on its own thread."""

    producer = None  # in place of a kept one, which would wait for the broker for ever

    _away_until = 0.0

    def setup_schedule(self) -> None:
        """Go on where the last beat stopped: what became due meanwhile is done at once.

        Without the database every pause begins anew.
        """
        super().setup_schedule()
        ends = last_ends([word(entry.task) for entry in self.schedule.values()])
        for entry in self.schedule.values():
            now = entry.default_now()
            entry.last_run_at = min(ends.get(word(entry.task), now), now)

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:  # noqa: ARG002
        if not self._handed_over(entry):
            self._do(entry)

    def _handed_over(self, entry: ScheduleEntry) -> bool:
        """Whether the broker has the job now; it is asked once, and then left alone for a while."""
        if self.app.conf.task_always_eager or time.monotonic() < self._away_until:
            return False
        try:
            with self.app.connection_for_write() as broker:
                broker.ensure_connection(max_retries=1, interval_start=0)
                self._publish(entry, self.app.amqp.Producer(broker, auto_declare=False))
        except Exception as error:
            self._away_until = time.monotonic() + AGAIN
            log.warning("beat.broker_away", error=str(error))
            return False
        return True

    def _publish(self, entry: ScheduleEntry, producer: Any) -> None:
        options = {**entry.options, "retry": False, "headers": {"celery_beat_task": True}}
        self.app.tasks[entry.task].apply_async(
            entry.args, entry.kwargs, producer=producer, **options
        )

    def _do(self, entry: ScheduleEntry) -> None:
        log.debug("beat.does", job=entry.task)
        try:
            self.app.tasks[entry.task](*(entry.args or ()), **(entry.kwargs or {}))
        except Exception:
            log.exception("beat.job_failed", job=entry.task)
        finally:
            connection.close()
