"""Cursor pages: complete, without doubles, in both directions, also while rows are added."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from tenants.identity import TenantIdentity
from tests.door import Answer, Api
from tests.make import make_suppression


def make(acme: TenantIdentity, number: int, *, first: int = 0) -> None:
    for index in range(first, first + number):
        make_suppression(acme, f"p{index}@example.org")


def numbers(answer: Answer) -> list[int]:
    assert answer.status == 200, answer
    return [int(each["address"][1:].partition("@")[0]) for each in answer.body["results"]]


def follow(api: Api, link: str) -> Answer:
    parts = urlsplit(link)
    query: dict[str, Any] = {name: value[0] for name, value in parse_qs(parts.query).items()}
    return api.get(parts.path, query)


def test_one_page_has_no_neighbours(api: Api, acme: TenantIdentity) -> None:
    make(acme, 3)
    answer = api.get("/suppressions")
    assert numbers(answer) == [2, 1, 0]
    assert (answer.body["next"], answer.body["previous"]) == (None, None)


def test_an_empty_list(api: Api) -> None:
    assert api.get("/suppressions").body == {"results": [], "next": None, "previous": None}


def test_there_and_back(api: Api, acme: TenantIdentity) -> None:
    make(acme, 7)
    first = api.get("/suppressions", {"limit": "3", "channel": "email"})
    second = follow(api, first.body["next"])
    third = follow(api, second.body["next"])
    assert [numbers(page) for page in (first, second, third)] == [[6, 5, 4], [3, 2, 1], [0]]
    assert third.body["next"] is None
    back = follow(api, third.body["previous"])
    assert numbers(back) == [3, 2, 1]
    assert numbers(follow(api, back.body["previous"])) == [6, 5, 4]
    assert follow(api, back.body["previous"]).body["previous"] is None


def test_new_rows_do_not_shift_the_pages(api: Api, acme: TenantIdentity) -> None:
    make(acme, 4)
    first = api.get("/suppressions", {"limit": "2"})
    make(acme, 2, first=4)
    assert numbers(follow(api, first.body["next"])) == [1, 0]


def test_links_keep_host_and_filters(api: Api, acme: TenantIdentity) -> None:
    make(acme, 2)
    link = urlsplit(api.get("/suppressions", {"limit": "1", "channel": "email"}).body["next"])
    assert (link.scheme, link.netloc, link.path) == ("http", "localhost", "/api/v1/suppressions")
    assert parse_qs(link.query)["channel"] == ["email"]


def test_a_cursor_of_another_list_is_refused(api: Api, acme: TenantIdentity) -> None:
    make(acme, 2)
    link = urlsplit(api.get("/suppressions", {"limit": "1"}).body["next"])
    answer = api.get("/notifications", {"cursor": parse_qs(link.query)["cursor"][0]})
    assert (answer.status, answer.pointers) == (400, ["/cursor"])
