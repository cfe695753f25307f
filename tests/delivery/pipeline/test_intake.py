"""How patiently an idle worker waits."""

import pytest

from delivery.pipeline.intake import wait


@pytest.mark.parametrize(
    ("quiet", "seconds"), [(0.0, 0.02), (5.1, 0.1), (60.0, 0.1), (60.1, 0.2), (float("inf"), 0.2)]
)
def test_the_longer_the_silence_the_longer_the_wait(quiet: float, seconds: float) -> None:
    assert wait(quiet) == seconds
