"""Celery's worker with the beat on a thread, where Celery itself would fork a second process.

One process less saves some 90 MB; the periodic jobs are few and small.
"""

from contextlib import ExitStack
from typing import Any

from celery import bootsteps
from celery.apps import worker
from celery.beat import EmbeddedService
from celery.worker import components
from django.conf import settings

from signalbus import celery_jobs
from signalbus.bus import port
from signalbus.checks import registry
from signalbus.core.health import JOB_NEEDS
from signalbus.core.logs import get_logger

log = get_logger(__name__)


class Beat(components.Beat):
    """What `-B` starts."""

    def create(self, w: Any) -> Any:
        w.beat = EmbeddedService(w.app, thread=True, scheduler_cls=w.scheduler)
        return w.beat


class MetricsPort(bootsteps.StartStopStep):
    """What `--metrics-port` serves, while the worker runs."""

    def __init__(self, parent: Any, metrics_port: int | None = None, **options: Any) -> None:
        super().__init__(parent, **options)
        self._number = metrics_port
        self._open = ExitStack()

    def start(self, parent: Any) -> None:
        celery_jobs.count_from_zero(parent.app)
        self._open.enter_context(port.serve(settings.METRICS_HOST, self._number, JOB_NEEDS))

    def stop(self, *_: Any) -> None:
        self._open.close()

    terminate = stop


class Worker(worker.Worker):
    """Celery's worker with that beat in the place of its own, a port, and no banner among JSON."""

    class Blueprint(worker.Worker.Blueprint):
        default_steps = (
            worker.Worker.Blueprint.default_steps - {"celery.worker.components:Beat"}
        ) | {"signalbus.celery_worker:Beat", "signalbus.celery_worker:MetricsPort"}

    def on_before_init(self, **options: Any) -> None:
        super().on_before_init(**options)
        registry.demand()

    def emit_banner(self) -> None:
        log.info("celery.started", broker=self.app.conf.broker_url, beat=bool(self.beat))
