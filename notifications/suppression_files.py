"""A mode's whole list of suppressions as a file, and files taken into it."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from notifications import database, suppressing
from notifications.models import Suppression
from notifications.suppression_csv import Parsed, parse, written
from signalbus.api.problems import Problem, summary
from signalbus.core import personal
from signalbus.core.masking import mask_address
from signalbus.core.scrubbing import scrub
from tenants.audit.acts import Act
from tenants.audit.notes import note
from tenants.context import in_tenant
from tenants.identity import TenantIdentity

PAGE = 2000
MOST_ERRORS = 100
COLUMNS = (
    *("channel", "address", "reason", "note", "expires_at", "created_at", "source_delivery"),
    "id",
)
IMPORT = f"""
INSERT INTO notifications_suppression AS held (
    mode, channel, address, reason, note, expires_at, created_at
)
SELECT %(mode)s, channel, address, reason, note, expires_at, now()
FROM json_to_recordset(%(rows)s::json) AS row (
    channel text, address text, reason text, note text, expires_at timestamptz
)
ORDER BY channel, address
{suppressing.IMPORTS}
RETURNING xmax = 0
"""  # noqa: S608 - constants


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What a file has changed."""

    rows: int
    added: int
    changed: int
    unchanged: int


def export(tenant: TenantIdentity, rows: QuerySet[Suppression]) -> Iterator[bytes]:
    """The rows as CSV, the oldest first, page by page.

    The tenant's schema is entered for each page, since whoever asks may have left it by then; and
    whether they see personal data is known now alone.
    """
    all_rows = _all(tenant, rows.order_by("id"))
    shown = all_rows if personal.sees() else map(_masked, all_rows)
    return (line.encode() for line in written(shown))


def import_csv(mode: str, body: bytes) -> Imported:
    """Take all rows of a file into the list, or none. Raises Problem that names each wrong row.

    What people said themselves (a complaint, an opt-out) is not weakened by it.
    """
    parsed = parse(body)
    if parsed.errors:
        raise _refused(parsed)
    with transaction.atomic():
        values = {"mode": mode, "rows": database.recordset(parsed.rows)}
        added = [row[0] for row in database.fetch(IMPORT, values)]
        note(Act.IMPORT, Suppression, detail=f"{mode}: {len(parsed.rows)} rows")
    return Imported(
        rows=len(parsed.rows),
        added=sum(added),
        changed=len(added) - sum(added),
        unchanged=len(parsed.rows) - len(added),
    )


def _all(tenant: TenantIdentity, rows: QuerySet[Suppression]) -> Iterator[Sequence[Any]]:
    last = 0
    while page := _page(tenant, rows.filter(id__gt=last)):
        yield from (row[:-1] for row in page)
        last = page[-1][-1]


def _masked(row: Sequence[Any]) -> Sequence[Any]:
    channel, address, reason, note, *others = row
    return (channel, mask_address(address), reason, scrub(note), *others)


def _page(tenant: TenantIdentity, rows: QuerySet[Suppression]) -> list[tuple[Any, ...]]:
    with in_tenant(tenant):
        return list(rows.values_list(*COLUMNS)[:PAGE])


def _refused(parsed: Parsed) -> Problem:
    shown = parsed.errors[:MOST_ERRORS]
    more = len(parsed.errors) - len(shown)
    told = f" {more} more are not listed." if more else ""
    return Problem("invalid", f"Nothing was imported. {summary(shown)}{told}", errors=shown)
