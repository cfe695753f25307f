"""Trace context: which request a piece of work belongs to, over HTTP, outbox, Kafka and worker.

A trace id exists always; spans are recorded and sent only where OTEL_EXPORTER_OTLP_ENDPOINT is
set. While off, a span costs a microsecond: it carries the parent's context and records nothing.
Contexts travel as W3C traceparent texts, `00-<trace id>-<span id>-<flags>`.
"""

import random
import re
from contextlib import AbstractContextManager
from contextvars import ContextVar, Token
from types import TracebackType

from opentelemetry import trace
from opentelemetry.trace import INVALID_SPAN, Span, SpanContext, TraceFlags, Tracer

_WELL_FORMED = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_TRACE = slice(3, 35)
_SPAN = slice(36, 52)
_FLAGS = slice(53, 55)

_carried: ContextVar[str] = ContextVar("traceparent", default="")
_tracer: Tracer | None = None


def configure(service: str) -> None:
    """Send spans under that service name, if a collector is set. Call once per process."""
    from django.conf import settings

    if settings.OTLP_ENDPOINT:
        from signalbus.core.tracing_export import start

        start(service)


def use(tracer: Tracer | None) -> None:
    """Record spans with this tracer; None records none."""
    global _tracer
    _tracer = tracer


def current_traceparent() -> str:
    """The context of the work under way, made up where there is none yet."""
    recorded = trace.get_current_span().get_span_context() if _tracer else None
    if recorded is not None and recorded.is_valid:
        return _text(recorded)
    carried = _carried.get()
    if not carried:
        carried = _made_up()
        _carried.set(carried)
    return carried


def trace_id() -> str:
    """The 32 hexadecimal digits that name the whole way of a request."""
    return current_traceparent()[_TRACE]


def current_ids() -> tuple[str, str] | None:
    """Trace and span id, or None where no work with a context is under way."""
    recorded = trace.get_current_span().get_span_context() if _tracer else None
    carried = _text(recorded) if recorded is not None and recorded.is_valid else _carried.get()
    return (carried[_TRACE], carried[_SPAN]) if carried else None


def enter(parent: str | None) -> Token[str]:
    """Begin work of its own: a new span of the parent's trace, or of a new trace without one."""
    return _carried.set(_child(parent) if well_formed(parent) else _made_up())


def leave(token: Token[str]) -> None:
    """End what `enter` began."""
    _carried.reset(token)


def well_formed(traceparent: str | None) -> bool:
    """Whether a text that came from outside is a traceparent of version 00."""
    return bool(traceparent and _WELL_FORMED.fullmatch(traceparent))


def sampled(traceparent: str) -> bool:
    """Whether the trace is recorded. That is one bit of its flags; others mean other things."""
    return well_formed(traceparent) and int(traceparent[_FLAGS], 16) & 1 == 1


def recording() -> bool:
    """Whether spans are recorded and sent."""
    return _tracer is not None


def continued(trace_id: str) -> str:
    """A context of that trace, for work that knows nothing else of what it belongs to."""
    flags = "01" if recording() else "00"
    return f"00-{trace_id}-{random.getrandbits(64) or 1:016x}-{flags}"


def span(
    name: str, *, parent: str | None = None, **attributes: str | int | float | bool
) -> AbstractContextManager[Span]:
    """Work of that name; `parent` is a traceparent from elsewhere, else the current work.

    The context manager gives OpenTelemetry's span; while tracing is off, one that records nothing.
    """
    if _tracer is None:
        return _Carried(parent)
    context = trace.set_span_in_context(_remote(parent)) if well_formed(parent) else None
    return _tracer.start_as_current_span(name, context=context, attributes=attributes)


class _Carried:
    """A span that is not recorded: the parent's context, or a new one, holds while it lasts."""

    __slots__ = ("_parent", "_token")

    def __init__(self, parent: str | None) -> None:
        self._parent = parent
        self._token: Token[str] | None = None

    def __enter__(self) -> Span:
        if well_formed(self._parent):
            self._token = _carried.set(self._parent or "")
        elif not _carried.get():
            self._token = _carried.set(_made_up())
        return INVALID_SPAN

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._token is not None:
            _carried.reset(self._token)


def _text(context: SpanContext) -> str:
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def _made_up() -> str:
    return f"00-{random.getrandbits(128) or 1:032x}-{random.getrandbits(64) or 1:016x}-00"


def _child(parent: str | None) -> str:
    return f"{(parent or '')[:36]}{random.getrandbits(64) or 1:016x}-{(parent or '')[53:]}"


def _remote(parent: str | None) -> Span:
    text = parent or ""
    return trace.NonRecordingSpan(
        SpanContext(
            trace_id=int(text[_TRACE], 16),
            span_id=int(text[_SPAN], 16),
            is_remote=True,
            trace_flags=TraceFlags(int(text[_FLAGS], 16)),
        )
    )
