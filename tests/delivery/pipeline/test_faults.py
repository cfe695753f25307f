"""What workers tell the breakers of their calls."""

import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from delivery.errors import DeliveryError, ErrorClass
from delivery.pipeline import faults
from delivery.pipeline.faults import Faults
from delivery.pipeline.items import Finished
from delivery.providers.base import Accepted
from signalbus.core.ids import new_id


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[UUID, bool, float]]:
    """What the breakers were told."""
    heard: list[tuple[UUID, bool, float]] = []
    monkeypatch.setattr(faults, "breakers", lambda: SimpleNamespace(note=heard.extend))
    return heard


def finished(account: UUID, outcome: Any, milliseconds: int) -> Finished:
    call: Any = SimpleNamespace(account=SimpleNamespace(id=account), reconciles=False)
    began = datetime.now(UTC)
    return Finished(call=call, outcome=outcome, started_at=began, duration_ms=milliseconds)


def test_breakers_learn_when_calls_began(
    told: list[tuple[UUID, bool, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    account, noted = new_id(), Faults()
    silent = DeliveryError(
        error_class=ErrorClass.UNKNOWN_OUTCOME, code="timeout", detail="No answer."
    )
    noted.note([finished(account, silent, 9000)])
    noted.note([finished(account, Accepted(reference="r"), 20)])
    assert [each[:2] for each in told] == [(account, True)], "what is well waits a little"
    now = time.monotonic()
    monkeypatch.setattr(faults.time, "monotonic", lambda: now + 1.0)
    noted.tell()
    assert [each[:2] for each in told] == [(account, True), (account, False)]
    assert told[0][2] == pytest.approx(9.0, abs=0.2)
    assert told[1][2] == pytest.approx(1.02, abs=0.2)
