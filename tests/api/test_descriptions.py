"""Every field of every body and answer says in the document what it is."""

from notifications.requests import PublishBody, PublishRequest
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
