"""Why deliveries came to nothing, the most frequent first, each with the list of its messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from delivery.errors import RULES, ErrorClass
from delivery.statistics import reading
from delivery.statistics.figures import Count
from delivery.statistics.reading import Failures
from signalbus.console.home.spans import Span

MOST_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """So many deliveries on a channel that ended so for this reason, and what to do about it."""

    channel: str
    provider: str
    status: str
    name: str
    advice: str
    count: int
    link: str


def failures(counts: Sequence[Count], span: Span) -> list[Failure]:
    """The most frequent ones."""
    return [_failure(each, span) for each in reading.failures(counts)[:MOST_SHOWN]]


def _failure(found: Failures, span: Span) -> Failure:
    known = found.error_class in set(ErrorClass)
    return Failure(
        channel=found.channel,
        provider=found.provider,
        status=found.status,
        name=found.error_class.replace("_", " ") or "no reason given",
        advice=RULES[ErrorClass(found.error_class)].advice if known else "",
        count=found.count,
        link=_link(found, span),
    )


def _link(found: Failures, span: Span) -> str:
    """Their notifications; of those without a class their state says at least something."""
    asked = {"channel": found.channel, "provider": found.provider, "span": span.listed}
    reason = {"error_class": found.error_class} if found.error_class else {"status": found.status}
    given = {name: value for name, value in {**asked, **reason}.items() if value}
    return f"{reverse('admin:notifications_notification_changelist')}?{urlencode(given)}"
