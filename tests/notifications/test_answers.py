"""What people see of a delivery's place in the line."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from notifications import answers
from signalbus.bus.entries import Held

NOW = timezone.now()
LATER = NOW + timedelta(minutes=5)


def held(**changes: Any) -> Held:
    usual: dict[str, Any] = dict.fromkeys(Held.__dataclass_fields__)
    usual.update(purpose="send", reason="", tries=0, published=False, available_at=LATER)
    return Held(**{**usual, **changes})


@pytest.mark.parametrize(
    ("entry", "word", "reason", "until"),
    [
        (None, "queued", None, None),
        (held(available_at=NOW), "queued", None, NOW),
        (held(published=True), "queued", None, None),
        (held(published=True, tries=1, reason="scheduled"), "queued", None, None),
        (held(reason="scheduled"), "held", "scheduled", LATER),
        (held(tries=2, reason="provider_down"), "retrying", "provider_down", LATER),
        (held(published=True, claim=uuid4()), "sending", None, None),
        (held(purpose="reconcile", tries=1), "sending", "reconcile", LATER),
        (held(purpose="reconcile", published=True), "sending", "reconcile", None),
    ],
)
def test_a_place_has_a_word(entry: Held | None, word: str, reason: Any, until: Any) -> None:
    place = answers.place(entry, NOW)
    assert (place.word, place.reason, place.available_at) == (word, reason, until)
