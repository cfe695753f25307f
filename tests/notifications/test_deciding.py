"""From rules and circumstances to decisions; pure."""

from typing import Any
from uuid import uuid4

import pytest

from notifications.deciding.policy import Circumstances, decide
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
        "suppressed": frozenset(),
    }
    return Circumstances(**{**usual, **changes})


def test_the_first_locale_that_has_a_text_is_taken() -> None:
    (decision,) = decide([RULE], SHELF, known())
    assert decision.version == SHELF["welcome", "email"]["fr"]
    assert (decision.locale, decision.address, decision.skip) == ("fr", ADDRESS, "")


def test_content_given_directly_needs_no_text() -> None:
    (decision,) = decide([Rule(channel="email", template=None)], {}, known())
    assert (decision.version, decision.locale, decision.skip) == (None, "fr-CA", "")


SUPPRESSED = frozenset({("email", ADDRESS)})


@pytest.mark.parametrize(
    ("changes", "shelf", "reason"),
    [
        ({"addresses": {"sms": "+33612345678"}}, SHELF, "no_contact"),
        ({}, {}, "no_template"),
        ({"locales": ("de",)}, SHELF, "no_template"),
        ({"suppressed": SUPPRESSED}, SHELF, "suppressed"),
        ({"suppressed": frozenset({("sms", ADDRESS)})}, SHELF, ""),
        ({"expired": True}, SHELF, "expired"),
        ({"expired": True, "suppressed": SUPPRESSED}, SHELF, "suppressed"),
    ],
)
def test_every_skip_has_its_reason(changes: dict[str, Any], shelf: Any, reason: str) -> None:
    (decision,) = decide([RULE], shelf, known(**changes))
    assert decision.skip == reason


def test_decisions_stand_in_the_order_of_the_rules() -> None:
    rules = [Rule(channel="sms", template="welcome"), RULE]
    assert [each.channel for each in decide(rules, SHELF, known())] == ["sms", "email"]
