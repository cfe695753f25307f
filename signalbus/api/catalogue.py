"""The page of errors: what each type means and what to do, made from the table of problems."""

from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from signalbus.api.problems import KINDS, URN, Kind

ADDRESS = "/api/v1/errors"


def errors() -> list[dict[str, Any]]:
    """All kinds of problems as the page shows them; each has an anchor of its name."""
    return [_shown(name, kind) for name, kind in KINDS.items()]


def help_link(kind: str) -> str:
    """The header `Link` (RFC 8288) that leads from a problem to its place on the page."""
    return f'<{ADDRESS}#{kind}>; rel="help"'


def _shown(name: str, kind: Kind) -> dict[str, Any]:
    return {
        "name": name,
        "type": URN + name,
        "title": kind.title,
        "status": kind.status,
        "advice": _with_code(kind.advice),
    }


def _with_code(advice: str) -> SafeString:
    """The advice's Markdown, of which it uses nothing but code."""
    parts = escape(advice).split("`")
    shown = (f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))
    return mark_safe("".join(shown))  # noqa: S308 - escaped above
