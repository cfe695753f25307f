"""The platform's OpenAPI document is whole, and each of its examples is answered as it says."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from drf_spectacular.validation import validate_schema

from signalbus.bus import lines
from signalbus.platform_api.example_answers import ANSWERS
from signalbus.platform_api.examples import EXAMPLES
from signalbus.platform_api.schema import ALWAYS, PREFIX
from signalbus.platform_api.urls import urlpatterns
from tenants import keys
from tenants.identity import TenantIdentity
from tenants.models import Domain
from tests.api.test_examples import differences
from tests.bus.line import put
from tests.door import Answer, Api
from tests.platform_api.conftest import PlatformApi

METHODS = {"get", "post", "put", "patch", "delete"}
DOCUMENTS = {"platform-openapi", "platform-docs", "platform-redoc"}
FREE_MEMBERS = {"deliveries", "weights"}  # named by whatever there is of them


@pytest.fixture
def document(database: None) -> dict[str, Any]:
    return dict(Api(None).get(f"{PREFIX}/openapi.json").body)


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path.removeprefix(PREFIX)): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    }


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    assert document["info"]["title"] == "Signalbus platform"
    validate_schema(document)


def test_every_endpoint_is_in_it_and_none_of_the_tenants(document: dict[str, Any]) -> None:
    expected = {
        (method.upper(), "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(each.pattern)))
        for each in urlpatterns
        if each.name not in DOCUMENTS
        for method in METHODS & set(each.callback.view_class.http_method_names)
        if hasattr(each.callback.view_class, method)
    }
    assert set(operations(document)) == expected == set(EXAMPLES)
    tenants = Api(None).get("/openapi.json").body["paths"]
    assert not [path for path in tenants if path.startswith(PREFIX)]


def test_every_field_and_every_tag_is_described(document: dict[str, Any]) -> None:
    assert [
        (component, name)
        for component, schema in document["components"]["schemas"].items()
        for name, field in schema.get("properties", {}).items()
        if not field.get("description", "").endswith(".")
    ] == []
    used = {tag for each in operations(document).values() for tag in each["tags"]}
    assert {tag["name"] for tag in document["tags"]} == used


def test_every_operation_names_its_key_and_no_refusal_of_tenants(document: dict[str, Any]) -> None:
    for place, operation in operations(document).items():
        assert operation["security"] == [{"platform_bearer": []}, {"platform_header": []}], place
        told = json.dumps(operation["responses"])
        assert all(f"error:{kind}" in told for kind in ALWAYS), place
        assert "missing-scope" not in told


@pytest.mark.parametrize("page", ["docs", "redoc"])
def test_the_pages_work_offline(database: None, page: str) -> None:
    html = Api(None)._client.get(f"{PREFIX}/{page}").content.decode()
    assert f"{PREFIX}/openapi.json" in html
    assert "https://" not in html


def places(acme: TenantIdentity) -> Iterator[tuple[tuple[str, str], str]]:
    """Every example with the address of what it is about; what takes away comes last."""
    key = keys.create_key(acme.id, name="shop backend", mode="live", scopes=("read",)).key
    values = {"tenant": "acme", "domain": "second.localhost", "id": key.id}
    for place in sorted(EXAMPLES, key=lambda place: (place[0] == "DELETE", place[1])):
        yield place, place[1].format(**values)


@pytest.fixture
def answers(platform: PlatformApi, acme: TenantIdentity) -> Iterator[dict[Any, Answer]]:
    first, _ = Domain.objects.get_or_create(domain="acme.localhost", tenant_id=acme.id)
    Domain.objects.create(domain="second.localhost", tenant_id=acme.id, is_primary=False)
    put(1, tenant=acme.id, stream="email.bulk")
    lines.pause("email.bulk", acme.id, "guard", "Too much bounced.")
    found = {}
    for place, address in places(acme):
        if place[0] == "DELETE" and "domain" in place[1]:
            first.save()  # the primary one again
        example = EXAMPLES[place]
        found[place] = platform._call(
            place[0], address, query=example.query, body=example.body, headers={}
        )
    yield found
    Domain.objects.filter(tenant_id=acme.id).exclude(pk=first.pk).delete()


def test_every_example_is_answered_as_the_document_says(
    answers: dict[tuple[str, str], Answer], document: dict[str, Any]
) -> None:
    wrong = []
    for place, answer in answers.items():
        told = operations(document)[place]["responses"].get(str(answer.status), {})
        if answer.status >= 300 or not told:
            wrong.append(f"{place}: {answer}")
        example = told.get("content", {}).get("application/json", {}).get("example")
        wrong += [
            f"{place}{each}"
            for each in differences(example, answer.body)
            if not FREE_MEMBERS & set(re.split("[/:]", each))
        ]
    assert wrong == []
    assert set(ANSWERS) == {place for place, answer in answers.items() if answer.body is not None}
