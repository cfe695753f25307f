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

from delivery.receipts import doors, seen
from delivery.receipts.doors import Door
from delivery.receipts.events import ReceiptEvent
from delivery.receipts.mail import imap, reports, taking, turns
from delivery.receipts.mail.imap import Mailbox
from signalbus.api.problems import Problem
from signalbus.core.logs import get_logger
from tenants import doors as tenant_doors

AT_ONCE = 8  # mailboxes
# One process does all periodic jobs, so that the job of each minute ends within it, whatever the
# servers do: no mailbox is begun, no message fetched, no connection kept for longer than this.
BEGIN_SECONDS = 25.0
FETCH_SECONDS = 20.0
SECONDS = 30.0
PAGE = 25  # messages applied in one transaction
OUR_FAULT = "Signalbus failed on what it read, and will read it again; its log says why."

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How many reports there were, and how many messages that could not be taken in."""

    reports: int
    refused: int = 0


def read_all() -> int:
    """Read every account's mailbox, of tenants and of the platform; how many reports there were.

    One that cannot be read leaves the others as they are; its account shows why. Those that
    waited longest come first: what is not begun in time waits for the next minute.
    """
    until, accounts = time.monotonic() + BEGIN_SECONDS, turns.accounts()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mailbox") as pool:
        found = list(pool.map(lambda account: _in_time(account, until), accounts))
    if left := found.count(None):
        log.warning("mailboxes.left", mailboxes=left)
    return sum(number or 0 for number in found)


def read(account: UUID) -> Looked:
    """Read an account's mailbox. Raises one of imap.ERRORS, and Problem without the account."""
    door = doors.find(turns.KIND, account)
    if door.account.problem:
        raise OSError(door.account.problem)
    until, number, refused = time.monotonic() + FETCH_SECONDS, 0, 0
    with imap.opened(imap.place_of(door.account), SECONDS) as mailbox:
        waiting = mailbox.unseen()
        while waiting:
            page = _read_page(door, mailbox, waiting[:PAGE], until)
            number, refused = number + page.reports, refused + page.refused
            waiting = waiting[PAGE:] if time.monotonic() < until else []
    return Looked(reports=number, refused=refused)


def _read_page(door: Door, mailbox: Mailbox, page: Sequence[str], until: float) -> Looked:
    found = dict(_fetched(mailbox, page, until))
    uids = list(found)
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


def _fetched(
    mailbox: Mailbox, uids: Sequence[str], until: float
) -> Iterator[tuple[str, list[ReceiptEvent]]]:
    """What each tells, as long as there is time; the first one in any case."""
    for uid in uids:
        yield uid, _reported(mailbox, uid, timezone.now())
        if time.monotonic() > until:
            return


def _reported(mailbox: Mailbox, uid: str, now: datetime) -> list[ReceiptEvent]:
    return reports.receipts(mailbox.fetch(uid), received_at=now)


def _in_time(account: UUID, until: float) -> int | None:
    return _guarded(account) if time.monotonic() < until else None


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
