"""Bodies against structs: all errors at once, with pointers and hints."""

from enum import StrEnum
from typing import Annotated, Any

import msgspec
import pytest

from signalbus.api import shapes
from signalbus.api.mismatches import ShapeError
from signalbus.api.problems import PointedError, Problem


class Lane(StrEnum):
    HIGH = "high"
    BULK = "bulk"


class Person(msgspec.Struct, forbid_unknown_fields=True):
    id: Annotated[str, msgspec.Meta(max_length=5)]
    email: str | None = None


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    topic: str
    recipient: str | Person
    data: dict[str, Any] = {}
    priority: Lane | None = None
    others: list[Person] = []
    counts: dict[str, int] = {}

    def __post_init__(self) -> None:
        if self.topic == "forbidden":
            raise ShapeError(PointedError("/topic", "This topic is forbidden."))


GOOD = {"topic": "order.shipped", "recipient": "ana"}


def errors_of(body: Any) -> dict[str, str]:
    """Pointer → detail of what is wrong with the body."""
    with pytest.raises(Problem) as caught:
        shapes.decode(msgspec.json.encode(body), Asked)
    assert caught.value.kind == "invalid"
    return {error.pointer: error.detail for error in caught.value.errors}


def test_a_good_body() -> None:
    asked = shapes.decode(msgspec.json.encode(GOOD), Asked)
    assert asked == Asked(topic="order.shipped", recipient="ana")


def test_errors_in_all_depths_at_once() -> None:
    assert list(
        errors_of(
            {
                "topic": 1,
                "recipient": {"id": "too long", "email": 3},
                "others": [{"id": "a"}, {"id": 7}, {}],
                "counts": {"a/b": "x"},
            }
        )
    ) == [
        "/topic",
        "/recipient/id",
        "/recipient/email",
        "/others/1/id",
        "/others/2/id",
        "/counts/a~1b",
    ]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("scheduled_at", "send_at"),
        ("payload", "data"),
        ("recipient_id", "recipient"),
        ("user_ref", "recipient"),
        ("template_id", "template"),
        ("event_type", "topic"),
        ("rate", "rate_per_second"),
    ],
)
def test_the_words_of_other_systems(theirs: str, ours: str) -> None:
    shape = msgspec.defstruct("Shape", [(ours, Any, None)], forbid_unknown_fields=True)
    with pytest.raises(Problem) as caught:
        shapes.decode(msgspec.json.encode({theirs: "x"}), shape)
    (error,) = caught.value.errors
    assert error == PointedError(f"/{theirs}", f"Unknown field. Here it is called `{ours}`.")


def test_a_misspelt_field() -> None:
    assert "`recipient`" in errors_of({**GOOD, "recipent": "x"})["/recipent"]


def test_a_field_that_resembles_nothing() -> None:
    assert errors_of({**GOOD, "qqq": "x"}) == {"/qqq": "Unknown field."}


def test_a_value_of_other_systems() -> None:
    detail = errors_of({**GOOD, "priority": "low"})["/priority"]
    assert detail == "Not one of high, bulk. Here it is called `bulk`."


def test_what_the_struct_itself_refuses() -> None:
    assert errors_of({**GOOD, "topic": "forbidden"}) == {"/topic": "This topic is forbidden."}


def test_nul_characters_wherever_they_are() -> None:
    body = {**GOOD, "data": {"a": ["x\x00"], "k\x00": 1}}
    assert sorted(errors_of(body)) == ["/data/a/0", "/data/k"]


def test_an_escaped_backslash_is_no_nul() -> None:
    body = b'{"topic": "order.shipped", "recipient": "ana", "data": {"a": "\\\\u0000"}}'
    assert shapes.decode(body, Asked).data == {"a": "\\u0000"}


def test_deep_nesting_with_a_nul_is_refused_and_does_not_overflow() -> None:
    inside = b"[" * 800 + b'"\\u0000"' + b"]" * 800
    with pytest.raises(Problem):
        shapes.decode(b'{"topic": "t", "recipient": "r", "data": {"a": ' + inside + b"}}", Asked)


def test_many_errors_are_cut() -> None:
    assert len(errors_of({**GOOD, "others": [{}] * 1000})) == shapes.MOST_ERRORS


def test_items_of_a_batch_are_converted_alone() -> None:
    with pytest.raises(Problem) as caught:
        shapes.convert({"topic": "t"}, Asked)
    assert [error.below("/items/3").pointer for error in caught.value.errors] == [
        "/items/3/recipient"
    ]
