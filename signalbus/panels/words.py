"""How facts look on a page: states as coloured labels, times as distances, JSON as text."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

GOOD, BAD, WARN, BUSY, CALM = "good", "bad", "warn", "busy", "calm"

# Every word that is shown as a label → its tone; others are calm.
TONES = {
    "queued": BUSY,
    "sending": BUSY,
    "held": WARN,
    "retrying": WARN,
    "sent": BUSY,
    "delivered": GOOD,
    "skipped": CALM,
    "failed": BAD,
    "dead": BAD,
    "bounced": BAD,
    "unknown": WARN,
    "cancelled": CALM,
    "accepted": GOOD,
    "refused": BAD,
    "complained": BAD,
    "soft_bounced": BAD,
    "deferred": WARN,
    "opted_out": BAD,
    "active": GOOD,
    "suspended": BAD,
    "live": GOOD,
    "test": WARN,
    "published": GOOD,
    "draft": WARN,
    "enabled": GOOD,
    "disabled": CALM,
    "open": BAD,
    "half_open": WARN,
    "ok": GOOD,
    "missing": BAD,
    "wrong": BAD,
    "closed": GOOD,
    "acknowledged": CALM,
    "redriven": BUSY,
    "redrive stopped": CALM,
    "fell over": WARN,
    "settled as sent": GOOD,
    "settled as delivered": GOOD,
    "settled as failed": BAD,
    "running": BUSY,
    "done": GOOD,
    "revoked": BAD,
    "expired": WARN,
    "paused": WARN,
    "nearly used up": WARN,
    "used up": BAD,
    "down": BAD,
    "warning": WARN,
    "stopped": BAD,
}
STEPS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))  # seconds → unit
DAYS_AS_DISTANCE = 30


def label(word: str, title: str = "") -> SafeString:
    """A word in the colour of its tone."""
    return format_html(
        '<span class="sb-label sb-{}" title="{}">{}</span>',
        TONES.get(word, CALM),
        title,
        word.replace("_", " "),
    )


def labels(words: Iterable[str]) -> SafeString:
    """Words in a row."""
    return format_html_join(" ", "{}", ((label(word),) for word in words))


def counted(words: Mapping[str, int]) -> SafeString:
    """Words with their numbers, such as `1 dead`, each in the colour of its tone."""
    return format_html_join(
        " ",
        '<span class="sb-label sb-small sb-{}">{} {}</span>',
        ((TONES.get(word, CALM), number, word) for word, number in words.items()),
    )


def absolute(moment: datetime) -> str:
    """A moment in full, as every page writes it: `20 Nov 2026 19:07:02 UTC`."""
    here = moment.astimezone(UTC)
    return f"{here.day} {here:%b %Y %H:%M:%S} UTC"


def milliseconds(moment: datetime) -> str:
    """The same to the millisecond, for what would else look like one: `… 19:07:02.482 UTC`."""
    return absolute(moment).replace(" UTC", f".{moment.microsecond // 1000:03} UTC")


def shared_seconds(moments: Iterable[datetime]) -> frozenset[datetime]:
    """The seconds in which more than one of these moments lies; the same moment counts once."""
    seconds = Counter(each.replace(microsecond=0) for each in set(moments))
    return frozenset(each for each, number in seconds.items() if number > 1)


def ago(moment: datetime | None, empty: str = "-") -> SafeString | str:
    """A moment as people say it (`3 min ago`, `in 2 h`), and exactly when the mouse rests on it."""
    if moment is None:
        return empty
    return format_html(
        '<time datetime="{}" title="{}" class="sb-time">{}</time>',
        moment.isoformat(),
        absolute(moment),
        distance_from_now(moment),
    )


def distance_from_now(moment: datetime) -> str:
    """The same as plain text."""
    return distance(moment, timezone.now())


def distance(moment: datetime, now: datetime) -> str:
    """`3 min ago`, `in 2 h`, `just now`; the day itself beyond a month."""
    away = moment - now
    if abs(away) > timedelta(days=DAYS_AS_DISTANCE):
        return f"{moment.day} {moment:%b %Y}"
    for seconds, unit in STEPS:
        count = int(abs(away).total_seconds() // seconds)
        if count:
            return f"in {count} {unit}" if away > timedelta() else f"{count} {unit} ago"
    return "just now"


def pretty(value: Any) -> SafeString:
    """JSON, indented."""
    text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True, default=str)
    return format_html('<pre class="sb-code">{}</pre>', text)


def facts(pairs: Iterable[tuple[str, Any]]) -> SafeString | str:
    """Names with their values, those that there are."""
    return format_html_join("", "<div>{}: {}</div>", pairs) or "-"


def two_lines(first: Any, second: Any) -> SafeString:
    """A value with a quieter one below it."""
    return format_html('<div>{}</div><div class="sb-quiet">{}</div>', first, second)


def code(text: str) -> SafeString:
    """An id or a piece of a program."""
    return format_html('<span class="sb-id">{}</span>', text)
