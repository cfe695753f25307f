"""Noting acts: whatever is done by somebody that saves no watched model."""

from collections.abc import Iterable, Mapping
from typing import Any

from auditlog.context import auditlog_disabled
from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from tenants.audit import copies
from tenants.audit.acts import Act
from tenants.audit.masking import Change
from tenants.audit.writing import repr_of, sign

Subject = Model | type[Model]


def note(
    act: Act, subject: Subject, *, detail: str = "", changes: Mapping[str, Change] | None = None
) -> None:
    """Write an act into the log of the current schema, in the transaction that carries it out.

    The subject is an object, or a model for an act on many of it. `detail` is a sentence or two
    for people; `changes` are field → before and after, without secrets.
    """
    if auditlog_disabled.get():
        return
    entry = _entry(act, subject, detail, changes)
    entry.save()
    if isinstance(subject, Model):
        copies.tell_tenant(subject, entry)


def note_each(act: Act, subjects: Iterable[Model], *, detail: str = "") -> None:
    """The same for many objects, in one statement."""
    if auditlog_disabled.get():
        return
    entries = [_entry(act, subject, detail, None) for subject in subjects]
    for entry in entries:
        sign(entry)
    LogEntry.objects.bulk_create(entries)


def _entry(
    act: Act, subject: Subject, detail: str, changes: Mapping[str, Change] | None
) -> LogEntry:
    pk: Any = subject.pk if isinstance(subject, Model) else None
    return LogEntry(
        content_type=ContentType.objects.get_for_model(subject),
        object_pk="" if pk is None else str(pk),
        object_id=pk if isinstance(pk, int) else None,
        object_repr=repr_of(subject) if isinstance(subject, Model) else "",
        action=LogEntry.Action.ACCESS,
        changes=dict(changes) if changes else None,
        additional_data={"act": act, **({"detail": detail} if detail else {})},
    )
