"""How many soft bounces suppress an address, as the installation is set."""

from datetime import timedelta
from typing import Any

from django.conf import settings


def figures() -> dict[str, Any]:
    """The parameters of `suppressing.CONSEQUENCES`."""
    return {
        "soft_limit": settings.SOFT_BOUNCES,
        "soft_within": timedelta(days=settings.SOFT_BOUNCE_DAYS),
        "soft_rest": timedelta(days=settings.SOFT_SUPPRESSION_DAYS),
    }
