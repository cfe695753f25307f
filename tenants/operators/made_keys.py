"""Keys of applications outlive whoever made them: so that an owner sees which those are."""

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from tenants.audit import reading
from tenants.audit.acts import Act
from tenants.context import current_schema
from tenants.models import ApiKey, PlatformKey


def working(user: User) -> list[str]:
    """The keys that somebody has made for applications and that work, as people know them.

    Found by the current schema's audit log, for as long as that is kept.
    """
    usable = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=timezone.now()))
    keys = ApiKey.objects.filter(usable, pk__in=_made(user, "apikey"), owner_id=None)
    own = PlatformKey.objects.filter(usable, pk__in=_made(user, "platformkey"))
    return [str(key) for key in (*keys, *own)]


def _made(user: User, kind: str) -> Iterator[str]:
    """The ids of what they made of that kind."""
    by = reading.of_user(current_schema(), user.pk, user.get_username())
    made = reading.all_entries().filter(reading.of_kind(kind), by)
    yield from made.filter(additional_data__act=Act.CREATE).values_list("object_pk", flat=True)
