"""Fixtures of the embedded stack's tests."""

import pytest

from signalbus.embedded.ports import FIRST, LAST, free


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    return next(port for port in range(LAST, FIRST, -1) if free(port))
