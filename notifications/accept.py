"""The one transaction that accepts: recipients, notifications, deliveries and their entries.

Everything in it is done for all requests at once, so the number of statements does not depend on
how many there are; only where the database refuses a whole group is each request tried by itself.
"""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from notifications import answers, database, facts, inserting, patience, recipients, rows
from notifications.askers import NOBODY, Askers
from notifications.counting import Counting
from notifications.keys import KeyedRequests
from notifications.landed import landed
from notifications.planning import Plan, Planner
from notifications.states import Status
from notifications.values import Accepted, Asked, Refused, Result
from signalbus.core.metrics import NOTIFICATIONS_ACCEPTED, NOTIFICATIONS_PROCESSED
from tenants.identity import TenantIdentity

logger = logging.getLogger(__name__)

Work = Callable[[Sequence[Asked], dict[UUID, Result]], None]
# Else a reference to somebody who was deleted at this moment would only show at the COMMIT.
CHECK_AT_ONCE = "SET CONSTRAINTS ALL IMMEDIATE"
BROKEN = "It could not be accepted because of a fault of this side; it has been logged."


def accept(
    tenant: TenantIdentity,
    mode: str,
    requests: Sequence[Asked],
    *,
    batch: UUID | None = None,
    askers: Askers = NOBODY,
    repeated: bool = False,
) -> list[Result]:
    """Accept the requests of the current tenant in one transaction; the results are in order.

    `askers` are the keys that have quotas or minutes of their own. `repeated` is for a group whose
    COMMIT was not answered: what is there already is answered and not made again. Raises
    OperationalError where the database is away; then nothing is done, or, if only the answer to
    COMMIT was lost, all of it; and OverdrawnError where a batch does not fit a quota.
    """
    work = Acceptance(tenant, mode, batch, askers)
    try:
        with transaction.atomic():
            return work.run(requests, work.together, repeated=repeated)
    except DatabaseError as error:
        gone = connection.connection is None or connection.connection.closed
        if gone or database.is_locked_out(error):
            raise
        logger.error(
            "The database refused a group (%s); its items are tried one by one.",
            database.described(error),
        )
    with transaction.atomic():
        return work.run(requests, work.singly, repeated=repeated)


class Acceptance:
    """Accepts inside the transaction under way."""

    def __init__(
        self, tenant: TenantIdentity, mode: str, batch: UUID | None, askers: Askers
    ) -> None:
        self.tenant = tenant
        self.mode = mode
        self.askers = askers
        self.origin = rows.Origin(
            tenant_id=tenant.id,
            mode=mode,
            batch=batch,
            now=timezone.now(),
            patience=patience.installation(),
        )

    def run(self, requests: Sequence[Asked], work: Work, *, repeated: bool) -> list[Result]:
        """Do the work for those whose key, or whose id, was not there before."""
        keyed = KeyedRequests(self.tenant, self.mode, requests)
        doubles = keyed.doubles()
        results = keyed.answered()
        if repeated:
            results |= landed([each.id for each in requests if each.id not in results])
        known = results.keys() | doubles.keys()
        whole = self.origin.batch is not None
        self.counting = Counting(self.tenant, self.mode, whole=whole, askers=self.askers)
        work([each for each in requests if each.id not in known], results)
        self.counting.write()
        for double, first in doubles.items():
            results.setdefault(double, keyed.as_double(double, first, results[first]))
        keyed.keep(results)
        return [results[each.id] for each in requests]

    def together(self, requests: Sequence[Asked], results: dict[UUID, Result]) -> None:
        """Accept all requests with one statement for each table."""
        known = facts.load(self.mode, requests)
        planner = Planner(known, self.tenant.default_locale, self.origin.now)
        plans: list[Plan] = []
        for asked in requests:
            planned = _plan(planner, asked)
            if isinstance(planned, Plan):
                plans.append(planned)
            else:
                results[asked.id] = planned
        admitted = self.counting.admit(plans, results)
        for written in self._write(admitted, known, planner):
            results[written.notification.id] = Accepted(answer=_answer(written, self.origin))
        self.counting.add(admitted)

    def singly(self, requests: Sequence[Asked], results: dict[UUID, Result]) -> None:
        """Accept each request by itself, so that one that cannot be written harms no other."""
        database.run(CHECK_AT_ONCE, {})
        self.counting.prepare()
        for asked in requests:
            try:
                with transaction.atomic():
                    self.together([asked], results)
            except OperationalError:
                raise
            except DatabaseError as error:
                logger.error("The database refused a request (%s).", database.described(error))
                results[asked.id] = Refused(kind="internal", detail=BROKEN)

    def _write(
        self, plans: Sequence[Plan], known: facts.Facts, planner: Planner
    ) -> list[rows.Written]:
        given = [plan.asked.person for plan in plans if _is_given(plan.asked)]
        ids = {name: person.id for name, person in known.people.items()}
        if given:
            now = self.origin.now
            ids |= recipients.upsert(self.mode, given, known.people, planner.people, now)
        written = [
            rows.make(plan, ids.get(plan.asked.person.external_id), self.origin) for plan in plans
        ]
        inserting.insert(written, self.origin)
        transaction.on_commit(partial(_count, written))
        return written


def _plan(planner: Planner, asked: Asked) -> Plan | Refused:
    try:
        return planner.plan(asked)
    except Exception:
        logger.exception("A request could not be planned.")
        return Refused(kind="internal", detail=BROKEN)


def _is_given(asked: Asked) -> bool:
    """Whether the request may change its recipient."""
    return bool(asked.person.external_id) and not asked.person.known


def _answer(written: rows.Written, origin: rows.Origin) -> dict[str, Any]:
    place = answers.first_place(written.available_at, origin.now)
    places = {row.id: place for row in written.deliveries}
    return answers.notification(written.notification, origin.now, written.deliveries, places)


def _count(written: Sequence[rows.Written]) -> None:
    lanes = Counter(each.notification.priority for each in written)
    for lane, number in lanes.items():
        NOTIFICATIONS_ACCEPTED.labels(lane).inc(number)
    skipped = Counter(
        (row.channel, row.lane)
        for each in written
        for row in each.deliveries
        if row.status == Status.SKIPPED
    )
    for (channel, lane), number in skipped.items():
        NOTIFICATIONS_PROCESSED.labels(channel, lane, Status.SKIPPED.value).inc(number)
