"""Where recorded spans come from and go to: OpenTelemetry's instrumentors and its OTLP exporter.

Loaded only where tracing is on: its imports take memory and time.
"""

import atexit
from typing import Any

from django.http import HttpRequest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.celery import CeleryInstrumentor
from opentelemetry.instrumentation.django import DjangoInstrumentor
from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
from opentelemetry.instrumentation.redis import RedisInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span

from signalbus.core import tracing
from signalbus.core.scrubbing import scrub
from signalbus.core.tracing_sampler import WorkOnly
from signalbus.core.version import VERSION


class _DjangoInstrumentor(DjangoInstrumentor):
    _opentelemetry_middleware = "signalbus.core.tracing_middleware.TracingMiddleware"


def _without_query(span: Span, request: HttpRequest) -> None:
    """Filters such as ?address=… hold personal data, links a secret: a trace must not."""
    if request.META.get("QUERY_STRING") or scrub(request.path) != request.path:
        span.set_attribute("http.url", scrub(request.build_absolute_uri(request.path)))


INSTRUMENTORS: tuple[tuple[type[Any], dict[str, Any]], ...] = (
    (_DjangoInstrumentor, {"request_hook": _without_query}),
    (PsycopgInstrumentor, {}),
    (RedisInstrumentor, {}),
    (CeleryInstrumentor, {}),
)


def start(service: str, processor: SpanProcessor | None = None) -> TracerProvider:
    """Record spans and send them, by default in batches to OTEL_EXPORTER_OTLP_ENDPOINT."""
    resource = Resource.create({"service.name": service, "service.version": VERSION})
    provider = TracerProvider(resource=resource)
    provider.sampler = WorkOnly(provider.sampler)  # that of OTEL_TRACES_SAMPLER
    provider.add_span_processor(processor or BatchSpanProcessor(OTLPSpanExporter()))
    for instrumentor, options in INSTRUMENTORS:
        instrumentor().instrument(tracer_provider=provider, **options)
    tracing.use(provider.get_tracer("signalbus", VERSION))
    atexit.register(provider.shutdown)
    return provider


def stop(provider: TracerProvider) -> None:
    """Record nothing any more, and let go of what the libraries were wrapped in."""
    tracing.use(None)
    for instrumentor, _ in INSTRUMENTORS:
        instrumentor().uninstrument()
    provider.shutdown()
