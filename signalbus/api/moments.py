"""The moments of a body, wherever they stand in it, brought into UTC in their place."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any, get_args

from msgspec import Struct
from msgspec.structs import FieldInfo, fields, force_setattr

from signalbus.api.pointers import inside
from signalbus.api.problems import PointedError
from signalbus.core.moments import in_utc


def bring_in(value: Any) -> tuple[PointedError, ...]:
    """Change the moments of a struct that was just read; what is wrong with them."""
    if not isinstance(value, Struct) or not _with_moments(type(value)):
        return ()
    return tuple(_of_struct(value, "", datetime.now(UTC)))


def _of_struct(struct: Struct, pointer: str, now: datetime) -> Iterator[PointedError]:
    for field in _with_moments(type(struct)):
        value = getattr(struct, field.name)
        place = inside(pointer, field.encode_name)
        if isinstance(value, Struct):
            yield from _of_struct(value, place, now)
        elif isinstance(value, datetime):
            try:
                force_setattr(struct, field.name, in_utc(value, now))
            except ValueError as error:
                yield PointedError(place, str(error))


@cache
def _with_moments(struct: type[Struct]) -> tuple[FieldInfo, ...]:
    """The fields that may hold a moment, or a struct that has one."""
    return tuple(field for field in fields(struct) if _may_hold(field.type))


def _may_hold(type_: Any) -> bool:
    if isinstance(type_, type) and issubclass(type_, Struct):
        return bool(_with_moments(type_))
    return type_ is datetime or any(_may_hold(member) for member in get_args(type_))
