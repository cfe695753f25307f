"""From a version and its variables to a message. Pure: no database, no network."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from signalbus.bus.streams import Channel
from templates_app import mail
from templates_app.engine import Compiled, TemplateError, compile_template
from templates_app.required import RESERVED, required_variables
from templates_app.texts import Rendered, VersionText

KEPT_COMPILED = 2_000
BODIES = ("subject", "text", "html")

RenderError = TemplateError


@dataclass(frozen=True, slots=True)
class _Parts:
    subject: Compiled
    text: Compiled
    html: Compiled


@lru_cache(maxsize=KEPT_COMPILED)
def _compiled(subject: str, text: str, html: str) -> _Parts:
    return _Parts(
        subject=compile_template(subject, html=False),
        text=compile_template(text, html=False),
        html=compile_template(html, html=True),
    )


def variables(data: Mapping[str, Any], recipient: Mapping[str, Any], topic: str) -> dict[str, Any]:
    """What a template sees: the data by their names, and `recipient` and `topic` besides."""
    return {**data, "recipient": recipient, "topic": topic}


def render(version: VersionText, values: Mapping[str, Any]) -> Rendered:
    """The message. Raises RenderError where the template meets a bound or a value that misfits."""
    parts = _compiled(version.subject, version.text, version.html)
    context = dict(values)
    return complete(
        version.channel,
        subject=parts.subject.render(context) if version.subject else "",
        text=parts.text.render(context) if version.text else "",
        html=parts.html.render(context) if version.html else "",
    )


def complete(channel: str, *, subject: str, text: str, html: str) -> Rendered:
    """The message with what was not written: an e-mail's other body, a subject in one line."""
    if channel != Channel.EMAIL:
        return Rendered(text=text.strip())
    return Rendered(
        subject=" ".join(subject.split()),
        text=text.strip() or mail.text_from_html(html),
        html=mail.inline_styles(html) if html.strip() else mail.html_from_text(text),
    )


@lru_cache(maxsize=KEPT_COMPILED)
def needed(*, subject: str, text: str, html: str) -> tuple[str, ...]:
    """The variables that these texts need. Raises RenderError naming the text that is wrong."""
    parts = _compiled(subject, text, html)
    return required_variables((parts.subject, parts.text, parts.html))


def render_direct(channel: str, content: Mapping[str, Any], values: Mapping[str, Any]) -> Rendered:
    """The message of a notification that brought its own `subject`, `text` and `html`.

    They are Liquid, as a template's are. Raises RenderError as `render` does.
    """
    parts = _compiled(**{name: str(content.get(name) or "") for name in BODIES})
    context = dict(values)
    return complete(channel, **{name: getattr(parts, name).render(context) for name in BODIES})


def shadowed(data: Mapping[str, Any]) -> list[str]:
    """Names in the data that no template would see: something else stands under them."""
    return sorted(RESERVED & data.keys())
