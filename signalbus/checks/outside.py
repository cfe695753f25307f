"""Checks of what goes to logs, traces and files."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage

from signalbus.checks.words import doubtful, wrong
from signalbus.core.logs import LEVELS


def check_log_level() -> Iterator[CheckMessage]:
    """The log itself refuses what is no level."""
    if settings.LOG_LEVEL.upper() not in LEVELS:
        what = f"is {settings.LOG_LEVEL!r}."
        yield wrong("SIGNALBUS_LOG_LEVEL", what, f"Write one of {', '.join(LEVELS)}.")


def check_traces() -> Iterator[CheckMessage]:
    """OTLP over HTTP wants an address with its scheme."""
    if settings.OTLP_ENDPOINT and urlsplit(settings.OTLP_ENDPOINT).scheme not in ("http", "https"):
        what = f"is no address with http:// or https://: {settings.OTLP_ENDPOINT}"
        remedy = "Write the collector's OTLP address over HTTP, such as http://tempo:4318."
        yield wrong("OTEL_EXPORTER_OTLP_ENDPOINT", what, remedy)


def check_trace_url() -> Iterator[CheckMessage]:
    """The console's link to a trace has to name which one, and to lead to a page."""
    url = settings.TRACE_URL
    if url and (urlsplit(url).scheme not in ("http", "https") or "{trace_id}" not in url):
        what = f"is no address with {{trace_id}} in it: {url}"
        remedy = "Write it like https://grafana.example.org/trace/{trace_id}, or leave it empty."
        yield wrong("SIGNALBUS_TRACE_URL", what, remedy)


def check_static_files() -> Iterator[CheckMessage]:
    """A console without its style sheets looks broken."""
    root = settings.STATIC_ROOT
    if root and not Path(root).is_dir():
        what = f"names {root}, which is no folder."
        yield doubtful("SIGNALBUS_STATIC_ROOT", what, "Run manage.py collectstatic, or unset it.")
