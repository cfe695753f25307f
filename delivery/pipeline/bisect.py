"""Finds the item that makes a group fail, so that it harms no other. Pure."""

from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def isolate(
    items: Sequence[Item],
    work: Callable[[Sequence[Item]], None],
    give_up: Callable[[Item, Exception], None],
    passes: type[Exception] | tuple[type[Exception], ...],
) -> None:
    """Do the work for all items; where it raises, for each half, down to the single culprit.

    `work` must be safe to repeat. Exceptions of the types in `passes` are nobody's fault: they go
    through.
    """
    try:
        work(items)
    except passes:
        raise
    except Exception as error:
        if len(items) == 1:
            give_up(items[0], error)
            return
        middle = len(items) // 2
        for half in (items[:middle], items[middle:]):
            isolate(half, work, give_up, passes)
