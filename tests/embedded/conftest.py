"""Fixtures of the embedded stack's tests."""

import pytest

from tests import ports


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    return ports.free_port()
