"""What stands against sending: decided by value, and acted upon in the line."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from delivery.errors import ErrorClass
from delivery.pipeline.gate import SEND, WHILE_PAUSED, GivenUp, Skipped, gate
from notifications.states import Skip
from signalbus.bus import outbox
from signalbus.bus.models import OutboxEntry
from tenants.identity import TenantIdentity
from tests.delivery.pipeline.facts import NOW, make_facts
from tests.delivery.pipeline.kit import Line, ask, settle
from tests.door import Api
from tests.make import make_suppression

PAST, FUTURE = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        ({}, SEND),
        ({"deadline": FUTURE}, SEND),
        ({"deadline": NOW, "expires_at": NOW}, Skipped(reason=Skip.EXPIRED)),
        (
            {"suppressed": "manual", "suppressed_at": PAST},
            Skipped(reason=Skip.SUPPRESSED, detail="manual since 2026-11-20 11:59 UTC"),
        ),
    ],
)
def test_the_first_objection_decides(facts: dict[str, Any], decision: object) -> None:
    assert gate(make_facts(**facts), paused=False) == decision


@pytest.mark.parametrize(
    ("suppressed", "overrides", "is_sent"),
    [
        ("hard_bounce", {"hard_bounce"}, True),
        ("hard_bounce", {"manual"}, False),
        ("complaint", {"complaint"}, False),
        ("opt_out", {"opt_out"}, False),
    ],
)
def test_what_a_topic_overrides_stands_not_against_it(
    suppressed: str, overrides: set[str], is_sent: bool
) -> None:
    decision = gate(make_facts(suppressed=suppressed), paused=False, overrides=overrides)
    assert (decision is SEND) == is_sent


def test_a_paused_line_holds_whatever_else_is_true() -> None:
    assert gate(make_facts(deadline=PAST), paused=True) is WHILE_PAUSED


@pytest.mark.parametrize(
    "facts",
    [
        {"attempts": 2, "expires_at": PAST},
        {"attempts": 2},
        {"attempts": 0},
        {"attempts": 0, "expires_at": PAST - timedelta(hours=1)},  # redriven after that
    ],
)
def test_what_was_tried_or_had_the_installations_deadline_is_given_up(
    facts: dict[str, Any],
) -> None:
    decision = gate(make_facts(deadline=PAST, **facts), paused=False)
    assert isinstance(decision, GivenUp)
    assert decision.error_class is ErrorClass.EXPIRED


@pytest.mark.parametrize("objection", [{"deadline": PAST}, {"suppressed": "manual"}])
def test_what_may_have_got_through_stays_unknown(objection: dict[str, Any]) -> None:
    decision = gate(make_facts(possibly_repeated=True, attempts=1, **objection), paused=False)
    assert isinstance(decision, GivenUp)
    assert decision.error_class is ErrorClass.UNKNOWN_OUTCOME


def test_a_suppressed_address_is_skipped(api: Api, line: Line) -> None:
    make_suppression(line.tenant, "ana@example.org")
    ask(api)
    line.deliver()
    delivery = line.delivery()
    assert (delivery.status, delivery.reason, delivery.attempts) == ("skipped", "suppressed", 0)
    assert delivery.settled_at is not None
    assert delivery.detail.startswith("manual since 20")
    assert (line.notification().status, line.entry()) == ("skipped", None)


def test_the_timeline_says_why_a_suppressed_address_is_skipped(api: Api, line: Line) -> None:
    make_suppression(line.tenant, "ana@example.org", reason="complaint")
    notification = ask(api)
    line.deliver()
    (event,) = [
        each
        for each in api.get(f"/notifications/{notification}").body["timeline"]
        if each["event"] == "skipped"
    ]
    assert event["code"] == "suppressed"
    assert event["detail"].startswith("complaint since 20")


def test_a_suppression_that_has_expired_or_is_another_modes_is_none(api: Api, line: Line) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=1)
    make_suppression(line.tenant, "ana@example.org", expires_at=long_ago)
    make_suppression(line.tenant, "ana@example.org", mode="test")
    ask(api)
    line.deliver()
    assert line.delivery().status == "sent"


def test_what_comes_after_its_time_is_skipped(api: Api, line: Line) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=0.3)
    ask(api, expires_at=soon.isoformat())
    line.publish()
    while datetime.now(UTC) < soon:
        pass
    settle(line.worker())
    assert (line.delivery().status, line.delivery().reason) == ("skipped", "expired")


def test_what_waited_longer_than_the_installation_tries_is_dead_and_redrivable(
    api: Api, line: Line, settings: Any
) -> None:
    settings.DELIVERY_DEADLINE = 0.0
    notification = ask(api)
    line.deliver()
    (letter,) = line.letters()
    assert (line.delivery().status, letter.error_class) == ("dead", "expired")
    settings.DELIVERY_DEADLINE = 60.0
    assert api.post(f"/notifications/{notification}/redrive").status == 202
    line.deliver()
    assert line.delivery().status == "sent"


def test_a_line_paused_after_publication_holds_its_entries(api: Api, line: Line) -> None:
    ask(api)
    line.publish()
    outbox.pause("", line.tenant.id, "suspended")
    settle(line.worker())
    entry = line.entry()
    assert isinstance(entry, OutboxEntry)
    assert (entry.published, entry.reason, entry.tries) == (False, "paused", 0)
    assert line.delivery().status == "queued"
    outbox.resume("", line.tenant.id, "suspended")
    line.deliver()
    assert line.delivery().status == "sent"


def test_without_an_account_it_waits_for_one(api: Api, acme: TenantIdentity) -> None:
    from tests.delivery.pipeline.kit import scripted

    line = Line(acme, scripted())
    ask(api)
    line.deliver()
    entry = line.entry()
    assert entry is not None
    assert (entry.reason, entry.published) == ("no_account", False)
    assert line.delivery().status == "queued"


def test_test_mode_needs_no_account(test_api: Api, acme: TenantIdentity) -> None:
    from tests.delivery.pipeline.kit import scripted

    line = Line(acme, scripted())
    ask(test_api)
    line.deliver()
    assert line.delivery().status == "delivered"
