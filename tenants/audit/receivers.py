"""What follows from signals: changes of watched models, log-ins and log-outs."""

from typing import Any

from auditlog.models import LogEntry
from auditlog.signals import post_log, pre_log
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Model
from django.db.models.signals import pre_save
from django.dispatch import receiver

from tenants.audit import copies, writing
from tenants.audit.acts import Act
from tenants.audit.notes import note

UNKNOWN_NAME = "There is no user of the name that was given."


pre_log.connect(writing.begin, dispatch_uid="audit.begin")
pre_save.connect(writing.complete, sender=LogEntry, dispatch_uid="audit.complete")


@receiver(post_log)
def _tell_tenant(instance: Model, log_entry: LogEntry | None, **_: Any) -> None:
    if log_entry is not None:
        copies.tell_tenant(instance, log_entry)


@receiver(user_logged_in)
def _logged_in(user: Any, **_: Any) -> None:
    note(Act.LOG_IN, user)


@receiver(user_logged_out)
def _logged_out(user: Any, **_: Any) -> None:
    if user is not None:
        note(Act.LOG_OUT, user)


@receiver(user_login_failed)
def _refused(credentials: dict[str, Any], **_: Any) -> None:
    """A name that nobody has is not kept: people type their password there by mistake."""
    users = get_user_model()
    name = str(credentials.get(users.USERNAME_FIELD) or "").replace("\x00", "")
    known = users._default_manager.filter(username=name).first()
    if known is None:
        note(Act.LOG_IN_REFUSED, users, detail=UNKNOWN_NAME)
    else:
        note(Act.LOG_IN_REFUSED, known)
