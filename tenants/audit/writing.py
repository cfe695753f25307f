"""What an entry says beyond what django-auditlog writes by itself: who, from where, and which act.

`additional_data` has `act`, `actor`, and where there is one `owner`, `user` and `detail`; `cid` is
the id of the request. The column `actor` stays empty: a user's row may go one day, and an entry
never changes.
"""

from contextvars import ContextVar
from typing import Any

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model

from signalbus.core.scrubbing import scrub
from tenants.audit import actors
from tenants.audit.acts import Act
from tenants.audit.masking import Change, shown_changes
from tenants.audit.registry import WATCHED, Watched
from tenants.models import State, Tenant

ACTS = {
    LogEntry.Action.CREATE: Act.CREATE,
    LogEntry.Action.UPDATE: Act.CHANGE,
    LogEntry.Action.DELETE: Act.DELETE,
}

_changing: ContextVar[Model | None] = ContextVar("audited_change", default=None)


def begin(instance: Model, **_: Any) -> bool:
    """Remember what the next entry is about; False where there is to be none, as of spares."""
    if isinstance(instance, Tenant) and instance.state == State.SPARE:
        return False
    _changing.set(instance)
    return True


def complete(instance: LogEntry, **_: Any) -> None:
    """Receiver: describe and sign an entry before it is written."""
    changed = _changing.get()
    if instance.additional_data is None and changed is not None:
        _changing.set(None)
        _describe(instance, changed)
    sign(instance)


def sign(entry: LogEntry) -> None:
    """Say who acts, and from where; unless the entry is a copy, which says so already."""
    data = entry.additional_data = entry.additional_data or {}
    if "actor" in data:
        return
    actor = actors.current()
    data["actor"] = actor.name
    if actor.owner:
        data["owner"] = actor.owner
    if actor.user:
        data["user"] = actor.user
    entry.remote_addr = actor.address
    entry.cid = actor.request_id


def repr_of(subject: Model) -> str:
    """How an object is called in the log; people by nothing that reaches them."""
    watched = WATCHED.get(subject._meta.label_lower)
    name = str(subject)
    return name if watched and not watched.is_personal else scrub(name)


def _describe(entry: LogEntry, changed: Model) -> None:
    label = changed._meta.label_lower
    watched = WATCHED[label]
    changes = shown_changes(label, watched, entry.changes or {})
    act = ACTS[entry.action]
    if changes.get("state", ("", ""))[0] == State.SPARE:
        act = Act.CREATE  # a tenant is made by giving it a spare schema
    entry.object_repr = repr_of(changed)
    if watched.whole:
        changes, act = _of_whole(entry, changed, watched, changes), Act.CHANGE
    entry.changes = changes
    entry.additional_data = {"act": act}


def _of_whole(
    entry: LogEntry, part: Model, watched: Watched, changes: dict[str, Change]
) -> dict[str, Change]:
    """Make it an entry of what the part belongs to; the changes under the part's name."""
    name = watched.part(part)
    try:
        whole: Model = getattr(part, watched.whole)
    except ObjectDoesNotExist:  # it went together with its part
        return changes
    entry.content_type = ContentType.objects.get_for_model(whole)
    entry.object_pk = str(whole.pk)
    entry.object_id = whole.pk if isinstance(whole.pk, int) else None
    entry.object_repr = repr_of(whole)
    return {f"{name}: {field}": change for field, change in changes.items()}
