"""What a notification's page and its row in the list tell."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString

from delivery import errors, history
from delivery.inherited import account_names
from notifications.models import Delivery, Notification
from notifications.states import REDRIVABLE, Shown, Status
from signalbus.core import personal
from signalbus.panels.words import TONES, counted, label, shared_seconds

NOBODY = UUID(int=0)
NEAREST = (Shown.SENDING, Shown.RETRYING, Shown.HELD, Status.QUEUED)
SOON, LATER = 2, 10  # seconds between looks at what is under way, and at what waits for its time


def shown_status(found: history.Found) -> str:
    """The notification's status; of one still open the word of the delivery that is furthest."""
    words = {place.word for place in found.places.values()}
    if found.notification.status != Status.QUEUED:
        return str(found.notification.status)
    return next((str(word) for word in NEAREST if word in words), str(Status.QUEUED))


def trouble(found: history.Found) -> dict[str, int]:
    """State → how many deliveries ended so, of the bad ones that the status does not name."""
    ends = Counter(str(each.status) for each in found.deliveries if each.status in REDRIVABLE)
    return {word: number for word, number in ends.items() if word != found.notification.status}


def labelled(found: history.Found) -> SafeString:
    """The status, and beside it what went wrong in spite of it."""
    return format_html("{} {}", label(shown_status(found)), counted(trouble(found)))


def chip(found: history.Found, delivery: Delivery) -> SafeString:
    """A delivery as its channel, in the colour of its state."""
    place = found.places.get(delivery.id)
    word = place.word if place else delivery.status
    title = " · ".join(part for part in (word, delivery.reason, delivery.error_class) if part)
    return format_html(
        '<span class="sb-chip sb-{}" title="{}">{}</span>',
        TONES.get(word, "calm"),
        title,
        delivery.channel,
    )


def story(row: Notification) -> dict[str, Any]:
    """All that the page shows, by a fixed number of queries."""
    trail = history.trail(row)
    accounts = account_names()
    timeline = history.timeline(trail)
    channels = {each.id: each.channel for each in trail.found.deliveries}
    return {
        "found": trail.found,
        "sees_personal": personal.sees(),
        "status": labelled(trail.found),
        "refresh": refresh(trail.found),
        "trace_url": trace_url(row.trace_id),
        "timeline": timeline,
        "shared_seconds": shared_seconds(event.at for event in timeline),
        "rows": _rows(trail.found, accounts),
        "attempts": [(channels[each.delivery_id], each) for each in trail.attempts],
        "receipts": trail.receipts,
        "accounts": accounts,
    }


def refresh(found: history.Found) -> int:
    """Seconds after which the page looks again; 0 once every delivery is settled.

    One that is still queued without any that is open was read just before they were settled.
    """
    words = {place.word for place in found.places.values()}
    if not words:
        return SOON if found.notification.status == Status.QUEUED else 0
    return SOON if words - {Shown.HELD, Shown.RETRYING} else LATER


def trace_url(trace_id: str) -> str:
    """Where the trace is shown; nothing where no tool for that is named."""
    return settings.TRACE_URL.replace("{trace_id}", trace_id) if trace_id else ""


def _rows(found: history.Found, accounts: dict[UUID, str]) -> list[dict[str, Any]]:
    shown = history.content(found) if personal.sees() else []
    contents = {content.delivery: content for content in shown}
    return [
        {
            "delivery": each,
            "place": found.places.get(each.id),
            "is_handed_over": _is_handed_over(found, each),
            "account": accounts.get(each.account_id or NOBODY, each.provider),
            "content": contents.get(each.id),
            "advice": errors.advice(each.error_class) if each.status in REDRIVABLE else "",
        }
        for each in found.deliveries
    ]


def _is_handed_over(found: history.Found, delivery: Delivery) -> bool:
    """Whether Kafka has it and no worker has begun."""
    entry = found.entries.get(delivery.id)
    return bool(entry and entry.published and entry.claim is None)
