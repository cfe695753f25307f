"""The clock of the periodic jobs as a process of its own, beside workers without `-B`."""

from typing import Any

from celery.apps import beat
from django.conf import settings

from signalbus import celery_jobs
from signalbus.bus import port
from signalbus.checks import registry
from signalbus.core.health import JOB_NEEDS
from signalbus.core.logs import get_logger

log = get_logger(__name__)


class Beat(beat.Beat):
    """Celery's beat, which looks at the settings first, and prints no banner among JSON."""

    def __init__(self, *args: Any, metrics_port: int | None = None, **options: Any) -> None:
        super().__init__(*args, **{**options, "quiet": True})
        self._number = metrics_port

    def init_loader(self) -> None:
        super().init_loader()
        registry.demand()

    def start_scheduler(self) -> None:
        log.info("beat.started", jobs=len(self.app.conf.beat_schedule))
        celery_jobs.count_from_zero(self.app)
        with port.serve(settings.METRICS_HOST, self._number, JOB_NEEDS):
            super().start_scheduler()
