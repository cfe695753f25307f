"""The clock of the periodic jobs as a process of its own, beside workers without `-B`."""

from typing import Any

from celery.apps import beat

from signalbus.checks import registry
from signalbus.core.logs import get_logger

log = get_logger(__name__)


class Beat(beat.Beat):
    """Celery's beat, which looks at the settings first, and prints no banner among JSON."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{**options, "quiet": True})

    def init_loader(self) -> None:
        super().init_loader()
        registry.demand()

    def start_scheduler(self) -> None:
        log.info("beat.started", jobs=len(self.app.conf.beat_schedule))
        super().start_scheduler()
