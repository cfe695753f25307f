"""The process's metrics as Prometheus reads them, summed over the web server's processes."""

import os
import platform
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from signalbus.core import metric_files
from signalbus.core.metrics import BUILD_INFO
from signalbus.core.version import VERSION

CONTENT_TYPE = CONTENT_TYPE_LATEST


def page() -> bytes:
    """All metrics in the text format: of this process, or of all that share a folder."""
    BUILD_INFO.labels(VERSION, platform.python_version()).set(1)
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    return _shared_page(Path(folder)) if folder else generate_latest(REGISTRY)


def _shared_page(folder: Path) -> bytes:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    with metric_files.held(folder):
        metric_files.fold(folder)
        return generate_latest(registry)
