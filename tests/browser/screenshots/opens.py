"""Which addresses are pages: what somebody who is logged in gets there, asked without a browser."""

from collections.abc import Iterable
from http import HTTPStatus

from django.test import Client

from tests.browser.screenshots.visits import Address
from tests.browser.shop.access import PASSWORD

HTML = "text/html"
# A way elsewhere, what the role may not do here, what only a form may ask.
ELSEWHERE = frozenset({HTTPStatus.FOUND, HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED})


class BrokenPageError(Exception):
    """A page that is not found, or fails, though its object is there."""


def person_at(host: str, username: str) -> Client:
    """Somebody who is logged in there."""
    client = Client(headers={"host": host})
    client.post("/admin/login/", {"username": username, "password": PASSWORD})
    return client


def pages(client: Client, every: Iterable[Address]) -> list[Address]:
    """Those of them at which there is something to see. Raises BrokenPageError."""
    return [address for address in every if _is_page(client, address)]


def _is_page(client: Client, address: Address) -> bool:
    answer = client.get(address.path)
    if answer.status_code == HTTPStatus.OK:
        return HTML in answer.headers["Content-Type"] and "attachment" not in str(
            answer.headers.get("Content-Disposition", "")
        )
    if answer.status_code in ELSEWHERE:
        return False
    raise BrokenPageError(f"{address.name}: {address.path} answered {answer.status_code}")
