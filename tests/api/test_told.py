"""Every filter, type of error, limit and header is told where an operation has it."""

from typing import Any

import pytest

from signalbus.api.answer_headers import TOLD
from signalbus.api.problems import KINDS
from tenants.models import Scope
from tenants.scopes import ACCESS
from tests.api.objects import Route, routes
from tests.door import OPEN_ROUTES, Api
from tests.make import make_key

# What no operation tells of, since it is no operation's: wrong addresses, methods and hosts.
OF_NONE = {"bad-request", "forbidden", "method-not-allowed"}
SENDING = {"notify", "publish", "notifications", "notifications-batch"}


@pytest.fixture
def document(database: None) -> dict[str, Any]:
    return dict(Api(None).get("/openapi.json").body)


def calls() -> list[tuple[Route, str]]:
    return [
        (route, method)
        for route in routes()
        if route.name not in OPEN_ROUTES
        for method in route.methods
    ]


def told(document: dict[str, Any], route: Route, method: str) -> dict[str, Any]:
    return dict(document["paths"][f"/api/v1/{route.path}"][method.lower()])


def kinds(operation: dict[str, Any]) -> set[str]:
    return {
        kind
        for status, answer in operation["responses"].items()
        if int(status) >= 400
        for kind in answer["content"]["application/problem+json"]["examples"]
    }


def test_every_kind_of_problem_is_told_somewhere(document: dict[str, Any]) -> None:
    found = {kind for call in calls() for kind in kinds(told(document, *call))}
    assert found == KINDS.keys() - OF_NONE


def test_a_test_key_is_turned_away_where_that_is_told(document: dict[str, Any]) -> None:
    for route, method in calls():
        live_only = ACCESS[route.name][method].live_only
        assert ("live-key-needed" in kinds(told(document, route, method))) == live_only, route


def test_whatever_sends_tells_of_quotas(document: dict[str, Any]) -> None:
    for route, method in calls():
        sends = route.name in SENDING and ACCESS[route.name][method].scope == Scope.SEND
        assert ("quota-exceeded" in kinds(told(document, route, method))) == sends, route


def test_every_filter_is_told_and_no_other_is_taken(document: dict[str, Any], api: Api) -> None:
    """Lists answer an unknown one by naming those that they take."""
    for route, method in calls():
        operation = told(document, route, method)
        named = {each["name"] for each in operation["parameters"] if each["in"] == "query"}
        if method == "GET" and named and "{" not in route.path:
            answer = api.get(f"/{route.path}", {"zzz": "1"})
            assert answer.kind == "invalid-parameter", route
            said = answer.body["errors"][0]["detail"].partition("Known here: ")[2].rstrip(".")
            assert set(said.split(", ")) == named, route


def test_every_header_is_described_and_those_of_limits_are_everywhere(
    document: dict[str, Any],
) -> None:
    assert document["components"]["headers"].keys() == TOLD.keys()
    for route, method in calls():
        answers = told(document, route, method)["responses"]
        own = {status: each for status, each in answers.items() if "headers" in each}
        assert all(
            {"RateLimit", "RateLimit-Policy"} <= each["headers"].keys() for each in own.values()
        )
        assert all("Retry-After" in answers[status]["headers"] for status in ("429", "503"))


def test_real_answers_have_the_headers_that_are_told(api: Api, acme: Any) -> None:
    slow = Api(make_key(acme, limits={"requests_per_second": 1, "requests_burst": 1}))
    good = slow.get("/usage")
    asked = (slow.get("/usage") for _ in range(50))  # a busy machine may take over a second for one
    refused = next(answer for answer in asked if answer.status == 429)
    assert {"X-Request-Id", "RateLimit", "RateLimit-Policy"} <= set(good.headers)
    assert refused.kind == "rate-limited"
    assert {"Retry-After", "Link", "X-Request-Id", "RateLimit"} <= set(refused.headers)
    assert "WWW-Authenticate" in Api("sb_live_wrong").get("/usage").headers
