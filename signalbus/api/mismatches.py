"""Everything that is wrong with a value, where msgspec itself stops at the first error."""

import types
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from signalbus.api.hints import field_hint, value_hint
from signalbus.api.pointers import inside
from signalbus.api.problems import PointedError
from signalbus.api.sentences import sentence

SEQUENCES = frozenset({list, set, frozenset, tuple})


class ShapeError(ValueError):
    """Raised in a struct's `__post_init__` to refuse what no single field's type can say."""

    def __init__(self, *errors: PointedError) -> None:
        super().__init__("; ".join(error.detail for error in errors))
        self.errors = errors


def mismatches(value: Any, type_: Any, pointer: str = "") -> tuple[PointedError, ...]:
    """All errors of the value against the type; none where it fits."""
    return tuple(_walk(value, type_, pointer))


def _walk(value: Any, type_: Any, pointer: str) -> Iterator[PointedError]:
    walked = _member_for(value, type_)
    walk = _walker(value, walked)
    errors = list(walk(value, walked, pointer)) if walk else []
    yield from errors or _check(value, type_, pointer)


def _walker(value: Any, type_: Any) -> Callable[[Any, Any, str], Iterator[PointedError]] | None:
    if isinstance(value, dict) and _is_struct(type_):
        return _walk_struct
    if isinstance(value, dict) and get_origin(type_) is dict:
        return _walk_dict
    if isinstance(value, list) and get_origin(type_) in SEQUENCES:
        return _walk_list
    return None


def _walk_struct(value: dict[str, Any], type_: Any, pointer: str) -> Iterator[PointedError]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(type_)}
    unknown = [name for name in value if name not in fields] if _is_strict(type_) else []
    for name in unknown:
        yield PointedError(inside(pointer, name), f"Unknown field.{field_hint(name, fields)}")
    for name, field in fields.items():
        if name in value:
            yield from _walk(value[name], field.type, inside(pointer, name))
        elif field.required:
            yield PointedError(inside(pointer, name), "This field is required.")


def _walk_dict(value: dict[str, Any], type_: Any, pointer: str) -> Iterator[PointedError]:
    _, item_type = get_args(type_)
    for name, item in value.items():
        yield from _walk(item, item_type, inside(pointer, name))


def _walk_list(value: list[Any], type_: Any, pointer: str) -> Iterator[PointedError]:
    item_type = get_args(type_)[0]
    for index, item in enumerate(value):
        yield from _walk(item, item_type, inside(pointer, index))


def _check(value: Any, type_: Any, pointer: str) -> Iterator[PointedError]:
    """What msgspec says of the value as a whole, once its parts are in order."""
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError as error:
        if isinstance(error.__cause__, ShapeError):
            yield from (refused.below(pointer) for refused in error.__cause__.errors)
        else:
            yield PointedError(pointer, _said(error, value, type_))


def _said(error: msgspec.ValidationError, value: Any, type_: Any) -> str:
    """What is expected, or the allowed values where there is a list of them."""
    allowed = _allowed(type_)
    if allowed and isinstance(value, str):
        return f"Not one of {', '.join(allowed)}.{value_hint(value, allowed)}"
    return sentence(error, type_)


def _members(type_: Any) -> tuple[Any, ...]:
    """The types that a union allows; the type itself where it is none."""
    if get_origin(type_) is Annotated:
        return _members(get_args(type_)[0])
    if get_origin(type_) in (Union, types.UnionType):
        return tuple(inner for member in get_args(type_) for inner in _members(member))
    return (type_,)


def _member_for(value: Any, type_: Any) -> Any:
    """The member of a union that a container value was meant to be."""
    members = _members(type_)
    return next((member for member in members if _walker(value, member)), members[0])


def _allowed(type_: Any) -> list[str]:
    found: list[str] = []
    for member in _members(type_):
        if get_origin(member) is Literal:
            found += map(str, get_args(member))
        elif isinstance(member, type) and issubclass(member, Enum):
            found += (str(choice.value) for choice in member)
    return found


def _is_struct(type_: Any) -> bool:
    origin = get_origin(type_) or type_
    return isinstance(origin, type) and issubclass(origin, msgspec.Struct)


def _is_strict(type_: Any) -> bool:
    return bool((get_origin(type_) or type_).__struct_config__.forbid_unknown_fields)
