"""Checks of numbers: each within its bounds, and none against another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf

from django.conf import settings
from django.core.checks import CheckMessage

from signalbus.checks.words import doubtful, wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a number may be; `attribute` is the setting that holds it."""

    attribute: str
    least: float
    most: float = inf

    def __contains__(self, number: float) -> bool:
        return self.least <= number <= self.most


LONGEST_DAYS = 36_500
# What the start page shows: hours of today and yesterday, and days of a week.
FEWEST_HOURS_DAYS, FEWEST_STATISTICS_DAYS = 2, 7
BOUNDS: Mapping[str, Bounds] = {
    "SIGNALBUS_DB_POOL": Bounds(attribute="DB_POOL_SIZE", least=0, most=1000),
    "SIGNALBUS_SPARE_SCHEMAS": Bounds(attribute="SPARE_SCHEMAS", least=0, most=100),
    "SIGNALBUS_DELETE_AFTER_DAYS": Bounds(
        attribute="DELETE_AFTER_DAYS", least=1, most=LONGEST_DAYS
    ),
    "SIGNALBUS_REDIS_TIMEOUT": Bounds(attribute="REDIS_TIMEOUT", least=0.001, most=10),
    "SIGNALBUS_STREAM_PARTITIONS": Bounds(attribute="STREAM_PARTITIONS", least=1, most=1000),
    "SIGNALBUS_STREAM_REPLICATION": Bounds(attribute="STREAM_REPLICATION", least=1, most=10),
    "SIGNALBUS_VISIBILITY_HIGH": Bounds(attribute="VISIBILITY_HIGH", least=1),
    "SIGNALBUS_VISIBILITY": Bounds(attribute="VISIBILITY", least=1),
    "SIGNALBUS_RELAY_POLL": Bounds(attribute="RELAY_POLL", least=0.01, most=60),
    "SIGNALBUS_RETRY_FIRST": Bounds(attribute="RETRY_FIRST", least=0),
    "SIGNALBUS_RETRY_FACTOR": Bounds(attribute="RETRY_FACTOR", least=1),
    "SIGNALBUS_RETRY_LONGEST": Bounds(attribute="RETRY_LONGEST", least=0),
    "SIGNALBUS_RETRY_TRIES": Bounds(attribute="RETRY_TRIES", least=1),
    "SIGNALBUS_DELIVERY_DEADLINE": Bounds(attribute="DELIVERY_DEADLINE", least=1),
    "SIGNALBUS_FLOOD_PERCENT": Bounds(attribute="FLOOD_PERCENT", least=0, most=100),
    "SIGNALBUS_SOFT_BOUNCES": Bounds(attribute="SOFT_BOUNCES", least=1),
    "SIGNALBUS_SOFT_BOUNCE_DAYS": Bounds(attribute="SOFT_BOUNCE_DAYS", least=1, most=LONGEST_DAYS),
    "SIGNALBUS_SOFT_SUPPRESSION_DAYS": Bounds(
        attribute="SOFT_SUPPRESSION_DAYS", least=1, most=LONGEST_DAYS
    ),
    "SIGNALBUS_SANDBOX_DAYS": Bounds(attribute="SANDBOX_DAYS", least=1, most=LONGEST_DAYS),
    "SIGNALBUS_RECEIPT_DAYS": Bounds(attribute="RECEIPT_DAYS", least=1, most=LONGEST_DAYS),
    "SIGNALBUS_REDRIVE_DAYS": Bounds(attribute="REDRIVE_DAYS", least=1, most=LONGEST_DAYS),
    "SIGNALBUS_STATISTICS_HOURS_DAYS": Bounds(
        attribute="STATISTICS_HOURS_DAYS", least=FEWEST_HOURS_DAYS, most=LONGEST_DAYS
    ),
    "SIGNALBUS_STATISTICS_DAYS": Bounds(
        attribute="STATISTICS_DAYS", least=FEWEST_STATISTICS_DAYS, most=LONGEST_DAYS
    ),
    "SIGNALBUS_AUDIT_DAYS": Bounds(attribute="AUDIT_DAYS", least=1, most=LONGEST_DAYS),
}


def check_bounds() -> Iterator[CheckMessage]:
    """Each number of the table by itself; what is not set has no bounds."""
    for variable, bounds in BOUNDS.items():
        number = getattr(settings, bounds.attribute)
        if number is not None and number not in bounds:
            most = "" if bounds.most == inf else f" to {bounds.most:g}"
            upward = " or more" if bounds.most == inf else ""
            yield wrong(
                variable, f"is {number:g}.", f"Write a number from {bounds.least:g}{most}{upward}."
            )


def check_retries() -> Iterator[CheckMessage]:
    """The first pause is the shortest, and the pauses end before the deadline."""
    first, longest = settings.RETRY_FIRST, settings.RETRY_LONGEST
    if first is not None and longest is not None and first > longest:
        what = f"is {first:g} s, longer than SIGNALBUS_RETRY_LONGEST, {longest:g} s."
        yield wrong("SIGNALBUS_RETRY_FIRST", what, "Make the first pause the shorter one.")
    deadline = settings.DELIVERY_DEADLINE
    if first is not None and deadline is not None and first >= deadline:
        what = f"is {first:g} s, and SIGNALBUS_DELIVERY_DEADLINE {deadline:g} s: no repeat is made."
        yield wrong("SIGNALBUS_RETRY_FIRST", what, "Make the first pause much shorter than that.")


def check_visibility() -> Iterator[CheckMessage]:
    """What is urgent must not wait longer for a worker that died."""
    if settings.VISIBILITY_HIGH > settings.VISIBILITY:
        what = "is longer than SIGNALBUS_VISIBILITY: urgent messages would wait longest."
        yield doubtful("SIGNALBUS_VISIBILITY_HIGH", what, "Make it the shorter of the two.")


def check_questions() -> Iterator[CheckMessage]:
    """Seconds in growing order."""
    try:
        pauses = [float(pause) for pause in settings.RECONCILE_AFTER]
    except ValueError:
        pauses = [-1.0]
    if any(pause <= 0 for pause in pauses) or pauses != sorted(pauses):
        what = f"is {','.join(settings.RECONCILE_AFTER)}, not seconds in growing order."
        yield wrong("SIGNALBUS_RECONCILE_AFTER", what, "Write seconds, such as 60,300,900.")
