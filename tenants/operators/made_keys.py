"""Keys of applications outlive whoever made them: so that an owner sees which those are."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils import timezone

from tenants.audit import reading
from tenants.audit.acts import Act
from tenants.models import ApiKey, PlatformKey


def working(username: str) -> list[str]:
    """The keys that somebody has made for applications and that work, as people know them.

    Found by the current schema's audit log, for as long as that is kept.
    """
    usable = Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=timezone.now()))
    keys = ApiKey.objects.filter(usable, pk__in=_made(username, "apikey"), owner_id=None)
    own = PlatformKey.objects.filter(usable, pk__in=_made(username, "platformkey"))
    return [str(key) for key in (*keys, *own)]


def _made(username: str, kind: str) -> Iterator[str]:
    """The ids of what they made of that kind."""
    made = reading.all_entries().filter(reading.of_kind(kind), reading.of_actor(username))
    yield from made.filter(additional_data__act=Act.CREATE).values_list("object_pk", flat=True)
