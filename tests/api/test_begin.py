"""`/api/v1/` itself: it needs no key and leads to everything else."""

import pytest

from signalbus.api.begin import PLACES
from tests.door import Api


@pytest.fixture
def index(database: None) -> dict[str, str]:
    answer = Api(None).get("/")
    assert answer.status == 200
    return dict(answer.body)


def test_it_names_every_place_on_the_host_that_was_asked(index: dict[str, str]) -> None:
    assert index == {name: f"http://localhost/api/v1/{place}" for name, place in PLACES.items()}


def test_every_place_is_there(index: dict[str, str]) -> None:
    client = Api(None)._client
    assert {name: client.get(place).status_code for name, place in index.items()} == {
        "documentation": 200,
        "reference": 200,
        "openapi": 200,
        "errors": 200,
        "stream": 401,
    }
