"""The audit log of the current schema as the console and the API find it: newest first."""

from collections.abc import Mapping
from typing import Any

from auditlog.models import LogEntry
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from tenants.audit.actors import user_token
from tenants.audit.registry import WATCHED

# What acts are noted of beside the models that are watched.
NOTED = (
    "notifications.notification",
    "notifications.notice",
    "delivery.deadletter",
    "delivery.redrive",
)


def kinds() -> Mapping[str, str]:
    """What entries are about: `provideraccount` → `provider account`; a part is its whole's."""
    labels = [label for label, watched in WATCHED.items() if not watched.whole]
    models = [apps.get_model(label) for label in (*labels, *NOTED)]
    names = {str(each._meta.model_name): str(each._meta.verbose_name) for each in models}
    return dict(sorted(names.items(), key=lambda pair: pair[1].lower()))


def of_kind(kind: str) -> Q:
    """Entries about objects of that kind."""
    return Q(content_type__in=[each.pk for each in _types(kind)])


def of_actor(name: str) -> Q:
    """Entries of that user or key, or of a user's own keys."""
    return Q(additional_data__actor=name) | Q(additional_data__owner=name)


def of_user(schema: str, user_id: int, name: str) -> Q:
    """Entries of that user of the schema, or of their own keys, whatever they were called then.

    The first entries of an installation may have no more than the name.
    """
    is_named = of_actor(name) & Q(additional_data__user__isnull=True)
    return Q(additional_data__user=user_token(schema, user_id)) | is_named


def of_object(kind: str, key: str) -> Q:
    """Entries about one object."""
    return of_kind(kind) & Q(object_pk=key)


def all_entries() -> QuerySet[LogEntry]:
    """All, with what they are about."""
    rows: QuerySet[Any] = LogEntry.objects.select_related("content_type")
    return rows.order_by("-pk")


def _types(kind: str) -> list[ContentType]:
    models = [model for model in apps.get_models() if model._meta.model_name == kind]
    return [*ContentType.objects.get_for_models(*models).values()]
