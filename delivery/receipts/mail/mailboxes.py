"""The mailboxes that bounces of SMTP accounts come to: each is read about once a minute.

What is read is applied first and marked as seen after that, so that nothing is lost when a process
ends in between; what is then read twice is stored once. Two processes may read at the same time.
A message that cannot be applied is flagged, so that it can be found, and no hindrance to others.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone

from delivery.providers.email import smtp_kind
from delivery.receipts import doors, seen
from delivery.receipts.doors import Door
from delivery.receipts.events import ReceiptEvent
from delivery.receipts.mail import imap, reports, taking
from delivery.receipts.mail.imap import Mailbox
from signalbus.api.problems import Problem
from signalbus.core.logs import get_logger
from tenants import doors as tenant_doors
from tenants.models import PlatformAccount, Tenant
from tenants.schemas import TenantWork, run_for_tenants

AT_ONCE = 8  # mailboxes
SECONDS = 30.0  # after which the rest of a mailbox waits for the next time
PAGE = 25  # messages applied in one transaction
TENANTS = 500  # asked in one round trip
OUR_FAULT = "Signalbus failed on what it read, and will read it again; its log says why."
KIND = smtp_kind.KIND.name
HOST = "imap_host"
WITH_MAILBOX = f"""
SELECT id FROM {{schema}}.delivery_provideraccount
WHERE kind = '{KIND}' AND options ->> '{HOST}' <> '' ORDER BY id
"""  # noqa: S608 - constants

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How many reports there were, and how many messages that could not be taken in."""

    reports: int
    refused: int = 0


def read_all() -> int:
    """Read every account's mailbox, of tenants and of the platform; how many reports there were.

    One that cannot be read leaves the others as they are; its account shows why.
    """
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mailbox") as pool:
        return sum(pool.map(_guarded, list(_accounts())))


def read(account: UUID) -> Looked:
    """Read an account's mailbox. Raises one of imap.ERRORS, and Problem without the account."""
    door = doors.find(KIND, account)
    if door.account.problem:
        raise OSError(door.account.problem)
    until, number, refused = time.monotonic() + SECONDS, 0, 0
    with Mailbox(imap.place_of(door.account)) as mailbox:
        waiting = mailbox.unseen()
        while waiting and time.monotonic() < until:
            page = _read_page(door, mailbox, waiting[:PAGE])
            number, refused = number + page.reports, refused + page.refused
            del waiting[:PAGE]
    return Looked(reports=number, refused=refused)


def _read_page(door: Door, mailbox: Mailbox, uids: Sequence[str]) -> Looked:
    found = {uid: _reported(mailbox, uid, timezone.now()) for uid in uids}
    refused = taking.take_in(door, found)
    for uid, error in refused.items():
        log.error("mailbox.refused", account=str(door.account.id), uid=uid, exc_info=error)
    told = [uid for uid, events in found.items() if events and uid not in refused]
    seen.inbound(door, len(uids), len(told))
    mailbox.flag(list(refused))
    if door.account.options.get("imap_delete"):
        mailbox.delete(told)
        mailbox.mark_seen([uid for uid in uids if uid not in told])
    else:
        mailbox.mark_seen(uids)
    return Looked(reports=len(told), refused=len(refused))


def _reported(mailbox: Mailbox, uid: str, now: datetime) -> list[ReceiptEvent]:
    return reports.receipts(mailbox.fetch(uid), received_at=now)


def _guarded(account: UUID) -> int:
    try:
        return _noted(account)
    except Exception:
        log.exception("mailbox.failed", account=str(account))
        return 0
    finally:
        connection.close()


def _noted(account: UUID) -> int:
    error, number = "", 0
    try:
        looked = read(account)
        error, number = _complaint(looked.refused), looked.reports
    except Problem as gone:  # an account that comes or goes at this moment
        log.info("mailbox.skipped", account=str(account), reason=str(gone))
        return 0
    except imap.ERRORS as failure:
        error = _words(failure)
        log.warning("mailbox.unreadable", account=str(account), error=error)
    except Exception:
        log.exception("mailbox.failed", account=str(account))
        error = OUR_FAULT
    tenant_doors.note_mailbox(account, timezone.now(), error)
    return number


def _complaint(refused: int) -> str:
    if not refused:
        return ""
    return f"{refused} of the messages could not be taken in; they are flagged in the mailbox."


def _words(failure: Exception) -> str:
    """As imaplib leaves them, without the signs that they were bytes."""
    words = str(failure).removeprefix("b'").removeprefix('b"').rstrip("'\"")
    return words or type(failure).__name__


def _accounts() -> Iterator[UUID]:
    rows = PlatformAccount.objects.filter(kind=KIND, options__has_key=HOST)
    yield from rows.exclude(**{f"options__{HOST}": ""}).values_list("id", flat=True)
    schemas = list(Tenant.objects.served().order_by("id").values_list("schema_name", flat=True))
    for start in range(0, len(schemas), TENANTS):
        work = [TenantWork(schema, [(WITH_MAILBOX, {})]) for schema in schemas[start:][:TENANTS]]
        for answer in run_for_tenants(work):
            if not isinstance(answer, Exception):
                yield from (row[0] for row in answer[0])
