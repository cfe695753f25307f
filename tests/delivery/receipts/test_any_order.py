"""Receipts in any order, any number of times, alone or together: the outcome is the same."""

from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from delivery.receipts.apply import take
from delivery.receipts.events import EventKind, ReceiptEvent
from tests.delivery.receipts.sent import REFERENCE, Sent, make_hooked
from tests.tables import empty

KINDS = list(EventKind)
MOVES = {
    EventKind.BOUNCED: "bounced",
    EventKind.FAILED: "failed",
    EventKind.SOFT_BOUNCED: "failed",
}
quick = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@quick
@given(data=st.data(), number=st.integers(min_value=1, max_value=6))
def test_in_groups_and_again(acme: Any, data: st.DataObject, number: int):
    """However receipts are grouped, and whichever groups come again, once they all came the
    delivery is where the good one, or else the first that could move it, puts it."""
    empty(["acme", "globex"])
    account = make_hooked(acme, "sendgrid")
    sent = Sent(acme, account)
    kinds = data.draw(st.lists(st.sampled_from(KINDS), min_size=number, max_size=number))
    events = [receipt(sent, kind, f"{place}") for place, kind in enumerate(kinds)]
    rest = list(events)
    while rest:
        size = data.draw(st.integers(min_value=1, max_value=len(rest)))
        group, rest = rest[:size], rest[size:]
        take(acme.schema, account.id, group)
        if data.draw(st.booleans()):
            assert "applied" not in take(acme.schema, account.id, events[: len(events) - len(rest)])
    assert len(sent.receipts) == len(events)
    assert sent.status == end_of(kinds)
    assert sum(each.applied for each in sent.receipts) <= 2, "one bad, then the good one"


def receipt(sent: Sent, kind: EventKind, event_id: str) -> ReceiptEvent:
    return ReceiptEvent(
        event_id=event_id,
        kind=kind,
        occurred_at=sent.delivery.created_at,
        delivery=sent.delivery.id,
        attempt=sent.attempt.id,
        reference=REFERENCE,
    )


def end_of(kinds: Sequence[EventKind]) -> str:
    if EventKind.DELIVERED in kinds:
        return "delivered"
    moved = [MOVES[kind] for kind in kinds if kind in MOVES]
    return moved[0] if moved else "sent"
