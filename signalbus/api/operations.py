"""What the OpenAPI document says of one method of a view."""

from dataclasses import dataclass
from typing import Any

JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A query parameter: what it is for, and its JSON schema."""

    name: str
    description: str
    schema: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Another good answer that an operation may give: its status, and what it means.

    `answer` None is one without a body.
    """

    status: int
    description: str
    answer: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Summary, shapes and refusals of an operation.

    `body` and `answer` are msgspec structs (or any type msgspec can describe), `needs_body` whether
    a body has to come, `body_type` and `answer_type` their formats; `others` good answers
    with another status, and `problems` the kinds beyond those that every operation may answer with.
    """

    summary: str
    description: str = ""
    body: Any = None
    needs_body: bool = True
    answer: Any = None
    status: int = 200
    body_type: str = JSON
    answer_type: str = JSON
    query: tuple[Parameter, ...] = ()
    others: tuple[Other, ...] = ()
    problems: tuple[str, ...] = ()


def text(name: str, description: str) -> Parameter:
    """A query parameter that takes any text."""
    return Parameter(name=name, description=description, schema={"type": "string"})


def choice(name: str, description: str, values: list[str]) -> Parameter:
    """A query parameter that takes one of a few words."""
    return Parameter(name=name, description=description, schema={"type": "string", "enum": values})


def moment(name: str, description: str) -> Parameter:
    """A query parameter that takes a time (RFC 3339)."""
    schema = {"type": "string", "format": "date-time"}
    return Parameter(name=name, description=description, schema=schema)


def identifier(name: str, description: str) -> Parameter:
    """A query parameter that takes a UUID."""
    schema = {"type": "string", "format": "uuid"}
    return Parameter(name=name, description=description, schema=schema)
