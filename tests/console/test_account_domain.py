"""An account's page asks DNS about the sender's domain when somebody wants to know."""

import pytest
from django.test import Client

from delivery.sender_domains.resolver import Questions
from tenants.identity import TenantIdentity
from tests.make import make_account

PAGE = "/admin/delivery/provideraccount/{}/change/"
TITLE = "SPF, DKIM and DMARC"


def test_it_shows_what_to_publish_once_it_is_asked(
    console: Client, acme: TenantIdentity, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []

    def ask(_self: Questions, name: str) -> list[str]:
        asked.append(name)
        return ["v=DMARC1; p=<b>"] if name.startswith("_dmarc") else []

    monkeypatch.setattr(Questions, "_ask", ask)
    options = {"host": "smtp.acme.example", "from": "hello@acme.example"}
    row = make_account(acme, "smtp", options=options)
    page = console.get(PAGE.format(row.id)).content.decode()
    assert TITLE in page
    assert "Ask DNS about acme.example" in page
    assert asked == []
    page = console.get(PAGE.format(row.id), {"domain": "1"}).content.decode()
    assert "v=spf1 a:smtp.acme.example ~all" in page
    assert "p=&lt;b&gt;" in page
    assert "<b>" not in page.partition('id="domain"')[2].partition("</fieldset>")[0]


def test_an_account_without_a_domain_has_no_such_section(console: Client, acme: TenantIdentity):
    row = make_account(acme, "simulator")
    assert TITLE not in console.get(PAGE.format(row.id)).content.decode()
