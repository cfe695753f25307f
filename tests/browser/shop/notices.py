"""Addresses that are not to be used, and what Signalbus noticed by itself."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from notifications.models import Notice, Suppression
from signalbus.bus.streams import Channel
from tests.browser.shop.access import OPERATOR
from tests.browser.shop.people import Customer

EMAIL, SMS = Channel.EMAIL, Channel.SMS
GUARD_TEXT = (
    "61 of the last 1000 e-mails bounced for good. Find out where these addresses came from, and "
    "send to none that nobody confirmed."
)
# reason, note, channel
SUPPRESSED = (
    ("hard_bounce", "", EMAIL),
    ("hard_bounce", "", EMAIL),
    ("complaint", "", EMAIL),
    ("opt_out", "Replied STOP", SMS),
    ("bad_address", "", SMS),
    ("soft_bounces", "5 times in 14 days", EMAIL),
    ("manual", "Asked by telephone, ticket 4711", EMAIL),
    ("opt_out", "Replied STOP", SMS),
)
# kind, subject, severity, text, hours ago it was opened
NOTICED = (
    ("bounces", "email.bulk", "stopped", GUARD_TEXT, 2),
    ("quota", "sms_per_day", "warning", "86% of sms_per_day, which is 500, are used.", 1),
)
LIFTED = "2 of the last 1000 e-mails were reported as unwanted."


def suppress(random: Random, some: list[Customer], now: datetime) -> None:
    """Addresses for every reason."""
    for (reason, note, channel), person in zip(SUPPRESSED, reversed(some), strict=False):
        row = Suppression.objects.create(
            channel=channel,
            address=person.email if channel == EMAIL else person.phone,
            reason=reason,
            note=note,
            expires_at=now + timedelta(days=60) if reason == "soft_bounces" else None,
        )
        made = now - timedelta(hours=random.uniform(2, 300))
        Suppression.objects.filter(pk=row.pk).update(created_at=made)


def notice(now: datetime) -> None:
    """Some are open, one was lifted."""
    for kind, subject, severity, text, hours in NOTICED:
        _note(kind, subject, severity, text, opened_at=now - timedelta(hours=hours))
    _note(
        *("complaints", "email.bulk", "warning", LIFTED),
        opened_at=now - timedelta(days=9),
        lifted_at=now - timedelta(days=8),
        lifted_by=f"user {OPERATOR}",
    )


def _note(kind: str, subject: str, severity: str, text: str, **times: Any) -> None:
    Notice.objects.create(kind=kind, subject=subject, severity=severity, text=text, **times)
