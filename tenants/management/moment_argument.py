"""The argument by which commands take the end of a key's life."""

from datetime import UTC, datetime

from django.core.management.base import CommandError
from django.utils import timezone

from signalbus.core.moments import in_utc


def moment_named(text: str | None) -> datetime | None:
    """The moment, None for none. Raises CommandError for what is none, or lies in the past."""
    if text is None:
        return None
    try:
        named = datetime.fromisoformat(text)
        aware = named if named.tzinfo else named.replace(tzinfo=UTC)
        moment = in_utc(aware, timezone.now())
    except ValueError as error:
        raise CommandError(f"--expires takes a date such as 2027-01-31: {error}") from error
    if moment <= timezone.now():
        raise CommandError("--expires lies in the past: the key could never be used.")
    return moment
