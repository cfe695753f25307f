"""What is loaded at the start is not looked at for garbage again."""

import gc
from collections.abc import Iterator

import pytest

from signalbus.core import memory


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.set_threshold(*threshold)
    gc.unfreeze()


def test_it_leaves_what_is_loaded_alone() -> None:
    memory.settle()

    assert gc.get_freeze_count() > 10_000
    assert gc.get_count()[2] == 0


def test_it_still_collects_what_comes_later() -> None:
    memory.settle()
    later: list[object] = []
    later.append(later)
    del later

    assert gc.collect() > 0
