"""The address at which a page listens."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client

from delivery.live import tickets
from delivery.live.holders import may_listen
from tenants import suspension
from tenants.identity import TenantIdentity
from tests.console.conftest import browser
from tests.door import Api


def address(console: Client, query: str = "") -> Any:
    return console.get(f"/admin/live/{query}").json()["url"]


def test_it_carries_a_ticket_of_the_operators(console: Client, acme: TenantIdentity) -> None:
    target = urlsplit(address(console, "?mode=test"))
    (ticket,) = parse_qs(target.query)["ticket"]
    holder = tickets.holder_of(ticket)
    assert target.path == "/api/v1/stream"
    assert holder is not None
    assert may_listen(holder)
    found = holder.found()
    assert found is not None
    assert (found.tenant.schema, found.mode, found.role) == (acme.schema, "test", "owner")


def test_a_web_process_sends_the_page_on(console: Client) -> None:
    url = address(console)
    answer = Api(None, host="acme.localhost").get(url)
    assert answer.status == 307
    assert answer.headers["Location"] == f"http://localhost:8001{url}"


def test_who_is_not_logged_in_gets_none(acme: TenantIdentity) -> None:
    assert browser("acme.localhost").get("/admin/live/").status_code == 302


def test_while_the_tenant_is_suspended_there_is_none(console: Client, acme: TenantIdentity) -> None:
    suspension.suspend(acme.id, "unpaid")
    assert address(console) is None


def test_the_platform_has_no_stream(platform: Client) -> None:
    assert platform.get("/admin/live/").status_code == 404
