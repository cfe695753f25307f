"""Every example of the document can be sent, and is answered as the document says."""

from collections.abc import Iterator
from typing import Any

import pytest

from signalbus.api.example_answers import ANSWERS, OTHER_ANSWERS
from signalbus.api.examples import EXAMPLES
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.api.objects import objects_of, routes
from tests.delivery.history_rows import make_delivery, make_sent
from tests.door import Api
from tests.make import make_suppression

# What the examples are about comes with every tenant.
STARTERS = {
    "publish": {"topic": "order.shipped"},
    "template-preview": {"name": "order-shipped"},
}
# A web process sends on to where it is answered; tests/delivery/live looks at that.
SENT_ON = {("GET", "/stream")}
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
        if not good or answer.status >= 400:
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
    answered = {place for place, answer in answers.items() if answer.body is not None}
    assert set(ANSWERS) == answered | SENT_ON


def test_a_dry_run_is_answered_as_the_document_says(api: Api, acme: TenantIdentity) -> None:
    """With another status, and with what stays as it is."""
    make_sent(acme, status="dead", delivery={"address": "gone@example.org"})
    make_suppression(acme, "gone@example.org", reason="hard_bounce")
    assert set(OTHER_ANSWERS) == {("POST", "/redrives", 200)}
    document = Api(None).get("/openapi.json").body["paths"]
    told = document["/api/v1/redrives"]["post"]["responses"]["200"]
    example = told["content"]["application/json"]["example"]
    asked = {"filter": {"status": "dead"}, "dry_run": True}
    answer = api.post("/redrives", asked)
    assert answer.status == 200
    assert answer.body["left"]
    assert list(differences(example, answer.body)) == []


def test_a_fallback_is_shown_as_the_document_says(api: Api, acme: TenantIdentity) -> None:
    """Beside the delivery that it stands in for."""
    notification = make_sent(acme, status="sent")
    with in_tenant(acme):
        first = notification.deliveries.get()
    make_delivery(acme, notification, channel="sms", address="+33612345678", fallback_of=first.id)
    shown = api.get(f"/notifications/{notification.id}").body["deliveries"]
    (example,) = (
        each
        for each in ANSWERS["GET", "/notifications/{id}"]["deliveries"]
        if "fallback_of" in each
    )
    assert list(differences(example, shown[1])) == []
    assert shown[1]["fallback_of"] == shown[0]["id"]
