"""Tokens of hooks whose signature says nothing of the content: each one proves one content."""

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.utils import timezone

from delivery.receipts.readers.base import Once, unproven
from tenants.models import HookToken

# Longer than any provider's request is taken after it was signed.
KEPT = timedelta(hours=24)


def claim(account: UUID, once: Once) -> None:
    """Let the token stand for that content. Raises Problem where it stands for another."""
    key = sha256(f"{account} {once.token}".encode()).hexdigest()
    row, _ = HookToken.objects.get_or_create(
        key=key, defaults={"digest": once.digest, "seen_at": timezone.now()}
    )
    if row.digest != once.digest:
        raise unproven("The token of the request has proven another one: this is no repetition.")


def purge(now: datetime) -> int:
    """Delete those that no request is taken with any more; how many those were."""
    return HookToken.objects.filter(seen_at__lt=now - KEPT).delete()[0]
