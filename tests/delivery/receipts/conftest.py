"""Amazon's certificate is the tests' own, and nothing is matched later by itself."""

import pytest

from delivery.receipts import later as thread
from delivery.receipts.readers import sns
from tests.delivery.receipts import calls


@pytest.fixture(autouse=True)
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was fetched from Amazon."""
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return calls.certificate()

    monkeypatch.setattr(sns, "fetch", fetch)
    return asked


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The schemas that were to be matched a moment later."""
    asked: list[str] = []
    monkeypatch.setattr(thread, "soon", asked.append)
    return asked
