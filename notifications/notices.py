"""What a tenant's operators have to know: opened once, until it is lifted.

All act in the current tenant's schema; `STATEMENTS` are the same for a pipeline of tenants.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from notifications.noticed import Kind, Severity
from signalbus.core.ids import new_id
from signalbus.core.logs import get_logger
from tenants.schemas import Statement

__all__ = ["Kind", "Severity", "lift", "lifting", "open_notice", "opening"]

log = get_logger(__name__)

OPEN = """
INSERT INTO {schema}.notifications_notice AS held (
    id, kind, subject, severity, text, opened_at, lifted_by
) VALUES (
    %(id)s, %(kind)s, %(subject)s, %(severity)s, %(text)s, clock_timestamp(), ''
)
ON CONFLICT (kind, subject) WHERE lifted_at IS NULL DO UPDATE
SET severity = excluded.severity, text = excluded.text
WHERE (held.severity, held.text) IS DISTINCT FROM (excluded.severity, excluded.text)
RETURNING id
"""
LIFT = """
UPDATE {schema}.notifications_notice SET lifted_at = clock_timestamp(), lifted_by = %(actor)s
WHERE kind = %(kind)s AND subject = %(subject)s AND lifted_at IS NULL
RETURNING id
"""


def opening(kind: Kind, subject: str, severity: Severity, text: str) -> Statement:
    """The statement that opens a notice, or brings the open one up to date."""
    values: dict[str, Any] = {
        "id": new_id(),
        "kind": kind.value,
        "subject": subject,
        "severity": severity.value,
        "text": text[:500],
    }
    return OPEN, values


def lifting(kind: Kind, subject: str, actor: str) -> Statement:
    """The statement that lifts the open notice of that kind and subject, if there is one."""
    return LIFT, {"kind": kind.value, "subject": subject, "actor": actor}


def open_notice(kind: Kind, subject: str, severity: Severity, text: str) -> bool:
    """Tell the operators, inside the caller's transaction; whether that is news."""
    is_news = _execute(*opening(kind, subject, severity, text))
    if is_news:
        log.warning("notice.opened", kind=kind.value, subject=subject, severity=severity.value)
    return is_news


def lift(kind: Kind, subject: str, actor: str) -> bool:
    """Close the open notice of that kind and subject, if there is one."""
    return _execute(*lifting(kind, subject, actor))


def _execute(statement: str, values: Mapping[str, Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement.replace("{schema}.", ""), values)
        return cursor.fetchone() is not None
