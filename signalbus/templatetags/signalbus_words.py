"""How facts look on a page, as template filters; see signalbus.panels.words."""

import re
from datetime import datetime
from itertools import chain, zip_longest

from django import template
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from delivery.providers import registry
from signalbus.console import gate
from signalbus.core import personal
from signalbus.panels import words

BACKTICKS = re.compile(r"`([^`]+)`")
register = template.Library()
register.filter("ago", words.ago)
register.filter("label", words.label)
register.filter("pretty", words.pretty)
register.filter("masked_address", personal.address)
register.filter("masked_words", personal.words)


@register.filter
def may_open(request: HttpRequest, page: str) -> bool:
    """Whether the user's role opens the page of that URL name, such as `admin:index`."""
    return gate.may_open(request, page.removeprefix("admin:"))


@register.filter
def tone(word: str) -> str:
    """The tone of a word, as the end of a CSS class."""
    return words.TONES.get(word, words.CALM)


@register.filter
def spaced(word: str) -> str:
    """A word of a program as people write it."""
    return word.replace("_", " ")


@register.filter
def provider_name(kind: str) -> str:
    """A kind of provider account as people call it: `Amazon SES` for `amazon_ses`."""
    return registry.label_of(kind)


@register.filter
def thousands(number: int) -> str:
    """A number as people read it: `12,345`."""
    return f"{number:,}"


@register.filter
def most(number: int, limit: int) -> str:
    """The same of what was counted up to a limit only: `5,000+`."""
    return f"{limit:,}+" if number >= limit else thousands(number)


@register.filter
def spelled(text: str) -> SafeString:
    """Help of a field, where `such` words become code; markup that Django wrote stays."""
    parts = BACKTICKS.split(str(text))
    inner = (format_html('<code class="sb-id">{}</code>', part) for part in parts[1::2])
    return mark_safe("".join(chain(*zip_longest(parts[::2], inner, fillvalue=""))))  # noqa: S308


@register.filter
def sentence(text: str) -> str:
    """Somebody's words with a full stop, unless they end a sentence already."""
    words = text.strip()
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


@register.filter
def clock(moment: datetime | None) -> SafeString | str:
    """A moment in full; how long ago, and the milliseconds, when the mouse rests on it."""
    if moment is None:
        return "-"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        f"{words.distance_from_now(moment)}, at {moment:%H:%M:%S}.{moment.microsecond // 1000:03}",
        words.absolute(moment),
    )


@register.filter
def clock_among(moment: datetime | None, shared: frozenset[datetime]) -> SafeString | str:
    """The same, with its milliseconds where it is in a second that others share."""
    if moment is None or moment.replace(microsecond=0) not in shared:
        return clock(moment)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        words.distance_from_now(moment),
        words.milliseconds(moment),
    )
