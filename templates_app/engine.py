"""The template language: Liquid, sandboxed and bounded; output to HTML is escaped."""

from dataclasses import dataclass
from typing import Any

from liquid import Environment, Mode
from liquid.exceptions import LiquidError
from liquid.extra import JSON
from liquid.template import BoundTemplate

from signalbus.core.errors import SignalbusError
from templates_app import bounds

SOURCE_BYTES = 256 * 1024
FILE_TAGS = ("include", "render")  # there are no files to take anything from


class TemplateError(SignalbusError):
    """A template that does not parse or does not render; the message says why and in which line."""


class _Bounded(Environment):
    block_nesting_limit = 20
    loop_iteration_limit = bounds.LOOP_ITERATIONS
    local_namespace_limit = bounds.LOCALS_BYTES
    output_stream_limit = bounds.OUTPUT_BYTES
    template_class = bounds.BoundedTemplate


def _environment(*, escape: bool) -> Environment:
    environment = _Bounded(autoescape=escape, tolerance=Mode.STRICT, strict_filters=True)
    for tag in FILE_TAGS:
        environment.tags.pop(tag, None)
    environment.add_filter("json", JSON())
    bounds.bound_filters(environment)
    return environment


PLAIN = _environment(escape=False)
HTML = _environment(escape=True)


@dataclass(frozen=True, slots=True)
class Compiled:
    """A parsed template, ready to render many times and from many threads."""

    template: BoundTemplate

    def render(self, variables: dict[str, Any]) -> str:
        """The text. Raises TemplateError where a bound is met or a value does not fit a filter."""
        try:
            return self.template.render(variables)
        except LiquidError as error:
            raise TemplateError(describe(error)) from error
        except (TypeError, ValueError, ArithmeticError, RecursionError) as error:
            raise TemplateError(f"The template cannot be rendered: {error}") from error


def compile_template(source: str, *, html: bool) -> Compiled:
    """A parsed template. Raises TemplateError naming the line that does not parse."""
    if len(source) > SOURCE_BYTES:
        raise TemplateError(f"The template is longer than {SOURCE_BYTES} characters.")
    try:
        template = (HTML if html else PLAIN).from_string(source)
        _check_filters(template, source)
    except LiquidError as error:
        raise TemplateError(describe(error)) from error
    except RecursionError as error:
        raise TemplateError("The template is nested too deeply.") from error
    return Compiled(template)


def _check_filters(template: BoundTemplate, source: str) -> None:
    """Refuse unknown filters now; Liquid itself finds them only when it renders."""
    used = template.analyze(include_partials=False).filters
    for name in used.keys() - PLAIN.filters.keys():
        line = source.count("\n", 0, used[name][0].index) + 1
        raise TemplateError(f"Line {line}: unknown filter '{name}'")


def describe(error: LiquidError) -> str:
    """Liquid's own words with the line they are about."""
    words = str(error.message or error).strip() or type(error).__name__
    if error.token is None or not error.token.source:
        return f"At the end: {words}"
    line = error.token.source.count("\n", 0, max(error.token.start_index, 0)) + 1
    return f"Line {line}: {words}"
