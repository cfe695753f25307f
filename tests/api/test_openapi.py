"""The document is whole and without a warning."""

import json
import re
from typing import Any

import pytest
from django.core.management import call_command
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from signalbus.api.examples import EXAMPLES
from tests.api.objects import routes
from tests.door import OPEN_ROUTES, Api

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture
def document(database: None) -> dict[str, Any]:
    return dict(Api(None).get("/openapi.json").body)


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path.removeprefix("/api/v1")): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


def test_no_warning_and_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    GENERATOR_STATS.reset()
    with GENERATOR_STATS.silence():
        SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache


def test_the_document_is_valid(tmp_path: Any) -> None:
    target = tmp_path / "openapi.json"
    arguments = ["--format", "openapi-json", "--fail-on-warn", "--validate", "--file", str(target)]
    call_command("spectacular", *arguments)
    assert json.loads(target.read_text())["openapi"].startswith("3.1")


def test_every_route_and_method_is_in_the_document(document: dict[str, Any]) -> None:
    expected = {
        (method, f"/{route.path}")
        for route in routes()
        if route.name not in OPEN_ROUTES
        for method in route.methods
    }
    assert set(operations(document)) == expected


def test_every_operation_has_an_example_and_none_is_left_over(document: dict[str, Any]) -> None:
    assert set(EXAMPLES) == set(operations(document))


def test_every_operation_names_its_problems_and_its_key(document: dict[str, Any]) -> None:
    for place, operation in operations(document).items():
        assert operation["security"] == [{"bearer": []}, {"header": []}], place
        for status in ("401", "403", "500", "503"):
            content = operation["responses"][status]["content"]
            assert list(content) == ["application/problem+json"], place


def test_every_tag_is_introduced(document: dict[str, Any]) -> None:
    used = {tag for operation in operations(document).values() for tag in operation["tags"]}
    assert {tag["name"] for tag in document["tags"]} == used


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    for name in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)):
        assert name in document["components"]["schemas"]


@pytest.mark.parametrize("page", ["docs", "redoc"])
def test_the_pages_work_offline(database: None, page: str) -> None:
    client = Api(None)._client
    html = client.get(f"/api/v1/{page}").content.decode()
    links = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert links
    for link in links:
        assert link.startswith("/static/"), link
        assert client.get(link).status_code == 200
    assert "/api/v1/openapi.json" in html
    assert "https://" not in html
