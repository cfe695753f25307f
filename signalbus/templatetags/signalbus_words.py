"""How facts look on a page, as template filters; see signalbus.panels.words."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from signalbus.panels import words

register = template.Library()
register.filter("ago", words.ago)
register.filter("label", words.label)
register.filter("pretty", words.pretty)


@register.filter
def tone(word: str) -> str:
    """The tone of a word, as the end of a CSS class."""
    return words.TONES.get(word, words.CALM)


@register.filter
def spaced(word: str) -> str:
    """A word of a program as people write it."""
    return word.replace("_", " ")


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
