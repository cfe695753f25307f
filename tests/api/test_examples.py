"""Every example of the document can be sent, and is answered as the document says."""

from collections.abc import Iterator
from typing import Any

import pytest

from signalbus.api.example_answers import ANSWERS
from signalbus.api.examples import EXAMPLES
from tenants.identity import TenantIdentity
from tests.api.objects import objects_of, routes
from tests.door import Api

# What the examples are about comes with every tenant.
STARTERS = {
    "publish": {"topic": "order.shipped"},
    "template-preview": {"name": "order-shipped"},
}
# Members whose own members are the caller's, or not known beforehand.
FREE = frozenset({"attributes", "options", "headers", "counts", "limits"})


def differences(example: Any, real: Any, at: str = "") -> Iterator[str]:
    """Where the shape of one is not that of the other; null and an empty list fit any."""
    if isinstance(example, dict) and isinstance(real, dict):
        if example.keys() != real.keys():
            yield f"{at}: {sorted(example.keys() ^ real.keys())}"
        for name in (example.keys() & real.keys()) - FREE:
            yield from differences(example[name], real[name], f"{at}/{name}")
    elif isinstance(example, list) and isinstance(real, list):
        for index, (one, other) in enumerate(zip(example, real, strict=False)):
            yield from differences(one, other, f"{at}/{index}")
    elif None not in (example, real) and type(example) is not type(real):
        yield f"{at}: {example!r}, and not {real!r}"


@pytest.fixture
def answers(api: Api, acme: TenantIdentity) -> dict[tuple[str, str], Any]:
    """Each is sent to an object of its own; what deletes comes last."""
    objects = {**objects_of(acme), **STARTERS}
    names = {f"/{route.path}": route.name for route in routes()}
    found = {}
    for place in sorted(EXAMPLES, key=lambda place: place[0] == "DELETE"):
        method, path = place
        address, example = path.format(**objects[names[path]]), EXAMPLES[place]
        found[place] = api._call(
            method,
            address,
            query=example.query,
            body=example.body,
            body_type=example.body_type,
            headers={},
        )
    return found


def test_every_example_is_answered_as_the_document_says(
    answers: dict[tuple[str, str], Any],
) -> None:
    document = Api(None).get("/openapi.json").body["paths"]
    wrong = []
    for (method, path), answer in answers.items():
        told = document[f"/api/v1{path}"][method.lower()]["responses"]
        good = told.get(str(answer.status), {})
        media = next(iter(good.get("content", {}).values()), {})
        if not good or answer.status >= 300:
            wrong.append(f"{method} {path}: {answer}")
        wrong += [
            f"{method} {path}{each}" for each in differences(media.get("example"), answer.body)
        ]
    assert wrong == []


def test_what_is_sent_in_an_example_is_accepted(answers: dict[tuple[str, str], Any]) -> None:
    for path in ("/notify/{topic}", "/publish/{topic}", "/notifications/batch"):
        assert answers["POST", path].body["refused"] == 0
    assert answers["POST", "/templates/{name}/preview"].body["missing"] == []


def test_every_answer_has_an_example_and_none_is_left_over(
    answers: dict[tuple[str, str], Any],
) -> None:
    assert set(ANSWERS) == {place for place, answer in answers.items() if answer.body is not None}
