"""What Celery does for tenants, now and then."""

from celery import shared_task
from django.conf import settings

from tenants.provisioning import ensure_spares


@shared_task  # type: ignore[untyped-decorator]
def refill_spares() -> int:
    """Keep migrated schemas ready for new tenants; how many were made or brought up to date."""
    return ensure_spares(settings.SPARE_SCHEMAS)
