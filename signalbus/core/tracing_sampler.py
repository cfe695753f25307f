"""Which spans are recorded: work, and what is done for it."""

from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace.sampling import Decision, Sampler, SamplingResult
from opentelemetry.trace import SpanKind


class WorkOnly(Sampler):
    """Leaves out calls to servers that belong to no work; all else is for another sampler to judge.

    A relay that polls and a health check make some of them each second, and each would be a trace
    of its own: nobody would find a request among them.
    """

    def __init__(self, beyond: Sampler) -> None:
        self._beyond = beyond

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        *more: Any,
        **named: Any,
    ) -> SamplingResult:
        around = trace.get_current_span(parent_context).get_span_context()
        if kind is SpanKind.CLIENT and not around.is_valid:
            return SamplingResult(Decision.DROP)
        return self._beyond.should_sample(parent_context, trace_id, name, kind, *more, **named)

    def get_description(self) -> str:
        return f"WorkOnly{{{self._beyond.get_description()}}}"
