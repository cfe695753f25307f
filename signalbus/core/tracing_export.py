"""Where recorded spans come from and go to: OpenTelemetry's instrumentors and its OTLP exporter.

Loaded only where tracing is on: its imports take memory and time.
"""

import atexit
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
from opentelemetry.instrumentation.redis import RedisInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from signalbus.core import tracing
from signalbus.core.version import VERSION

INSTRUMENTORS: tuple[type[Any], ...] = (
    DjangoInstrumentor,
    PsycopgInstrumentor,
    RedisInstrumentor,
    CeleryInstrumentor,
)


def start(service: str, processor: SpanProcessor | None = None) -> TracerProvider:
    """Record spans and send them, by default in batches to OTEL_EXPORTER_OTLP_ENDPOINT."""
    resource = Resource.create({"service.name": service, "service.version": VERSION})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(processor or BatchSpanProcessor(OTLPSpanExporter()))
    for instrumentor in INSTRUMENTORS:
        instrumentor().instrument(tracer_provider=provider)
    tracing.use(provider.get_tracer("signalbus", VERSION))
    atexit.register(provider.shutdown)
    return provider


def stop(provider: TracerProvider) -> None:
    """Record nothing any more, and let go of what the libraries were wrapped in."""
    tracing.use(None)
    for instrumentor in INSTRUMENTORS:
        instrumentor().uninstrument()
    provider.shutdown()
