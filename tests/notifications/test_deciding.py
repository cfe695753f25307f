"""From rules and circumstances to decisions; pure."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from notifications.deciding.policy import Circumstances, Suppressed, decide
from notifications.values import Rule
from templates_app.texts import VersionText

RULE = Rule(channel="email", template="welcome")
ADDRESS = "ana@example.org"


def version(locale: str, channel: str = "email") -> VersionText:
    return VersionText(
        id=uuid4(),
        template="welcome",
        channel=channel,
        locale=locale,
        subject="",
        text="",
        html="",
        required=(),
    )


SHELF = {("welcome", "email"): {"en": version("en"), "fr": version("fr")}}


def known(**changes: Any) -> Circumstances:
    usual: dict[str, Any] = {
        "addresses": {"email": ADDRESS},
        "locales": ("fr-CA", "fr", "en"),
        "suppressed": {},
    }
    return Circumstances(**{**usual, **changes})


def test_the_first_locale_that_has_a_text_is_taken() -> None:
    (decision,) = decide([RULE], SHELF, known())
    assert decision.version == SHELF["welcome", "email"]["fr"]
    assert (decision.locale, decision.address, decision.skip) == ("fr", ADDRESS, "")


def test_content_given_directly_needs_no_text() -> None:
    (decision,) = decide([Rule(channel="email", template=None)], {}, known())
    assert (decision.version, decision.locale, decision.skip) == (None, "fr-CA", "")


WHY = Suppressed("manual", datetime(2026, 11, 20, 12, 30, tzinfo=UTC))
SUPPRESSED = {("email", ADDRESS): WHY}


@pytest.mark.parametrize(
    ("changes", "shelf", "reason"),
    [
        ({"addresses": {"sms": "+33612345678"}}, SHELF, "no_contact"),
        ({}, {}, "no_template"),
        ({"locales": ("de",)}, SHELF, "no_template"),
        ({"suppressed": SUPPRESSED}, SHELF, "suppressed"),
        ({"suppressed": {("sms", ADDRESS): WHY}}, SHELF, ""),
        ({"expired": True}, SHELF, "expired"),
        ({"expired": True, "suppressed": SUPPRESSED}, SHELF, "suppressed"),
    ],
)
def test_every_skip_has_its_reason(changes: dict[str, Any], shelf: Any, reason: str) -> None:
    (decision,) = decide([RULE], shelf, known(**changes))
    assert decision.skip == reason


def test_a_skip_for_a_suppression_says_why_and_since_when() -> None:
    (decision,) = decide([RULE], SHELF, known(suppressed=SUPPRESSED))
    assert decision.detail == "manual since 2026-11-20 12:30 UTC"
    (expired,) = decide([RULE], SHELF, known(expired=True))
    assert expired.detail == ""


def test_decisions_stand_in_the_order_of_the_rules() -> None:
    rules = [Rule(channel="sms", template="welcome"), RULE]
    assert [each.channel for each in decide(rules, SHELF, known())] == ["sms", "email"]
