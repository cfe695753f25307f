"""Spans kept in memory, for tests that follow a trace."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from signalbus.core import tracing_export


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Tracing is on during the test; `spans.get_finished_spans()` tells what was recorded.

    Clients and connections must be made after it, since it wraps what makes them.
    """
    memory = InMemorySpanExporter()
    provider = tracing_export.start("tests", SimpleSpanProcessor(memory))
    yield memory
    tracing_export.stop(provider)
