"""The rule of which time zones there are."""

import pytest

from signalbus.core import time_zones


@pytest.mark.parametrize(
    ("name", "known"),
    [("Europe/Paris", True), ("UTC", True), ("europe/paris", False), ("Mars/Base", False)],
)
def test_time_zones(name: str, known: bool) -> None:
    assert time_zones.is_known(name) is known
