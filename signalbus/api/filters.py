"""Query parameters read strictly: an unknown or wrong one is refused, never ignored."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from signalbus.api.hints import field_hint
from signalbus.api.operations import Parameter
from signalbus.api.problems import PointedError, Problem, summary
from signalbus.api.sentences import MOMENT, sentence
from signalbus.core.moments import in_utc

M = TypeVar("M", bound=Model)
FORMATS: dict[str, Any] = {"uuid": UUID, "date-time": datetime}
TYPES: dict[str, Any] = {"boolean": bool, "integer": int, "string": str}
PAGING = ("limit", "cursor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A query parameter that keeps the rows whose field has exactly its value.

    `form` brings the value into the form that rows keep it in, or raises ValueError.
    """

    lookup: str
    parameter: Parameter
    form: Callable[[Any], Any] | None = None

    def condition(self, value: Any) -> Q:
        """What rows have to fulfil."""
        return Q(**{self.lookup: self.form(value) if self.form else value})


def matching(rows: QuerySet[M], query: QueryDict, filters: Iterable[Filter]) -> QuerySet[M]:
    """The rows that fit every filter named in the query. Raises Problem `invalid-parameter`."""
    by_name = {each.parameter.name: each for each in filters}
    asked = values(query, [each.parameter for each in by_name.values()])
    conditions, errors = [], []
    for name, value in asked.items():
        try:
            conditions.append(by_name[name].condition(value))
        except ValueError as error:
            errors.append(PointedError(f"/{name}", str(error)))
    _refuse(errors)
    return rows.filter(*conditions)


def values(
    query: QueryDict, parameters: Iterable[Parameter], others: Iterable[str] = PAGING
) -> dict[str, Any]:
    """The parameters that the query names, typed. Raises Problem naming all that are wrong."""
    known = {parameter.name: parameter for parameter in parameters}
    errors = list(_unknown(query, {**known, **dict.fromkeys(others)}))
    found: dict[str, Any] = {}
    for name in known.keys() & query.keys():
        try:
            found[name] = _value(str(query[name]), known[name].schema)
        except ValueError as error:
            errors.append(PointedError(f"/{name}", str(error)))
    _refuse(errors)
    return found


def _refuse(errors: Sequence[PointedError]) -> None:
    if errors:
        raise Problem("invalid-parameter", summary(errors), errors=errors)


def _unknown(query: QueryDict, known: Mapping[str, Any]) -> Iterable[PointedError]:
    for name in query.keys() - known.keys():
        hint = field_hint(name, known) or f" Known here: {', '.join(known)}."
        yield PointedError(f"/{name}", f"Unknown parameter.{hint}")


def _value(text: str, schema: Mapping[str, Any]) -> Any:
    """The text as the schema says. Raises ValueError with a sentence for the caller."""
    if "\x00" in text:
        raise ValueError("NUL characters are not allowed.")
    allowed = schema.get("enum")
    if allowed and text not in allowed:
        raise ValueError(f"Not one of {', '.join(allowed)}.")
    type_ = FORMATS.get(schema.get("format", "")) or TYPES[schema["type"]]
    try:
        # A moment or id is what its format says; otherwise 0.5 would be one of 1970.
        value = msgspec.convert(text, type_, strict=type_ in FORMATS.values())
    except msgspec.ValidationError as error:
        raise ValueError(sentence(error)) from error
    return _in_utc(value) if isinstance(value, datetime) else value


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(MOMENT)
    return in_utc(moment, datetime.now(UTC))
