"""Every field of every body and answer says in the document what it is."""

from notifications.requests import PublishBody, PublishRequest
from signalbus.api.problems import KINDS, URN
from tests.door import Api


def test_every_field_is_described(database: None) -> None:
    components = Api(None).get("/openapi.json").body["components"]["schemas"]
    assert [
        (component, name)
        for component, schema in components.items()
        for name, field in schema.get("properties", {}).items()
        if not field.get("description", "").endswith(".")
    ] == []


def test_the_document_knows_all_of_a_publication_but_what_is_refused() -> None:
    described, read = set(PublishBody.__struct_fields__), set(PublishRequest.__struct_fields__)
    assert read - described == {"audience"}
    assert described <= read


def test_every_refusal_has_an_example_of_each_of_its_kinds(database: None) -> None:
    paths = Api(None).get("/openapi.json").body["paths"]
    for operation in (each for methods in paths.values() for each in methods.values()):
        for status, answer in operation["responses"].items():
            media = answer["content"].get("application/problem+json") if int(status) >= 400 else {}
            for kind, example in media.get("examples", {}).items():
                assert example["value"]["type"] == URN + kind
                assert KINDS[kind].status == int(status)
            assert media.get("examples") or int(status) < 400
            assert answer["description"] != operation["summary"]
