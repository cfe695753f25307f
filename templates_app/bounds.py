"""Limits on what a template may use up, for Liquid's own limits leave filters and time open."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from liquid import Environment, RenderContext
from liquid.exceptions import ResourceLimitError
from liquid.output import LimitedStringIO
from liquid.template import BoundTemplate

OUTPUT_BYTES = 512 * 1024
LOCALS_BYTES = 512 * 1024
LOOP_ITERATIONS = 10_000
CPU_SECONDS = 0.25  # of the rendering thread, so that a busy machine refuses no honest template
CHECK_EVERY = 64  # writes between two looks at the clock


class Budget:
    """The CPU time that one rendering may take."""

    __slots__ = ("_ends", "_steps")

    def __init__(self) -> None:
        self._ends = time.thread_time() + CPU_SECONDS
        self._steps = 0

    def spend(self) -> None:
        """Count a small step; every so many of them, look at the clock."""
        self._steps += 1
        if self._steps % CHECK_EVERY == 0:
            self.check()

    def check(self) -> None:
        """Raise ResourceLimitError once the time is used up."""
        if time.thread_time() > self._ends:
            raise ResourceLimitError(f"takes longer than {CPU_SECONDS} s of CPU", token=None)


class BoundedBuffer(LimitedStringIO):
    """Output that ends at a size and at a time."""

    def __init__(self, limit: int, budget: Budget) -> None:
        super().__init__(limit)
        self.budget = budget

    def write(self, text: str) -> int:
        self.budget.spend()
        return super().write(text)


class BoundedContext(RenderContext):
    """A render context whose captures count against the budget too."""

    budget: Budget

    def get_output_buffer(self, parent_buffer: Any) -> Any:  # noqa: ARG002
        self.budget.spend()
        return BoundedBuffer(OUTPUT_BYTES, self.budget)

    def assign(self, key: str, val: Any) -> None:
        self.budget.spend()
        super().assign(key, val)

    def raise_for_loop_limit(self, length: int = 1) -> None:
        self.budget.check()
        super().raise_for_loop_limit(length)


class BoundedTemplate(BoundTemplate):
    """A template that renders within the bounds."""

    context_class = BoundedContext

    def render(self, *args: Any, **kwargs: Any) -> str:
        context = self.context_class(self, globals=self.make_globals(dict(*args, **kwargs)))
        context.budget = Budget()
        buffer = BoundedBuffer(OUTPUT_BYTES, context.budget)
        self.render_with_context(context, buffer)
        return buffer.getvalue()


def bound_filters(environment: Environment) -> None:
    """Make every filter of the environment refuse what would grow beyond the output's limit."""
    for name, function in environment.filters.items():
        environment.filters[name] = _bounded(name, function)


def _bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def apply(left: Any, *args: Any, **kwargs: Any) -> Any:
        if _size(left) + sum(map(_size, args)) > OUTPUT_BYTES or _growth(name, left, args):
            raise ResourceLimitError(f"filter '{name}' makes too much of it", token=None)
        return function(left, *args, **kwargs)

    return apply


def _size(value: object) -> int:
    return len(value) if isinstance(value, str | list | tuple | range | dict) else 0


def _growth(name: str, left: Any, args: tuple[Any, ...]) -> bool:
    """Whether one step of `replace` or `join` would multiply its input beyond the limit."""
    if name == "replace" and len(args) > 1:
        text, new = str(left), str(args[1])
        return text.count(str(args[0])) * len(new) > OUTPUT_BYTES
    if name == "join" and args:
        return _size(left) * len(str(args[0])) > OUTPUT_BYTES
    return False
