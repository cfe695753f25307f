"""The secrets of links, which the console's addresses hold, stand in no log and in no trace."""

from typing import Any

import pytest
from django.urls import URLPattern

from signalbus import middleware
from signalbus.core.scrubbing import SECRET_NAMES, scrub
from tenants.identity import TenantIdentity
from tests.console.conftest import browser
from tests.console.pages import PLATFORM, TENANT, pages_of

SECRET = "Zx9-k_2-secret"


def _secret_pages() -> list[str]:
    """The addresses of every page of both consoles that is opened by a secret."""
    found = (each for table in (TENANT, PLATFORM) for each in pages_of(table))
    return sorted({_address(each) for each in found if _secrets(each)})


def _secrets(page: URLPattern) -> frozenset[str]:
    return SECRET_NAMES & set(page.pattern.regex.groupindex)


def _address(page: URLPattern) -> str:
    """As somebody asks for it."""
    names = page.pattern.regex.groupindex
    path = str(page.pattern)
    for name in names:
        for part in (f"<str:{name}>", f"<{name}>"):
            path = path.replace(part, SECRET if name in SECRET_NAMES else "MQ")
    return f"/admin/{path}"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the access log says, before it is scrubbed."""
    told: list[dict[str, Any]] = []

    class Log:
        def info(self, _event: str, **more: Any) -> None:
            told.append(more)

    monkeypatch.setattr(middleware, "log", Log())
    return told


def test_the_pages_are_known() -> None:
    assert [page.split("/")[2] for page in _secret_pages()] == ["join", "new-password"]


@pytest.mark.parametrize("page", _secret_pages())
@pytest.mark.parametrize("host", ["acme.localhost", "localhost", "nobody.localhost"])
def test_no_secret_stands_in_the_access_log(
    acme: TenantIdentity, lines: list[dict[str, Any]], page: str, host: str
) -> None:
    browser(host).get(page)
    browser(host).get(page.removesuffix("/"))  # goes on to the page, by an address of its own
    assert len(lines) == 2
    assert SECRET not in repr(lines)


@pytest.mark.parametrize("page", _secret_pages())
def test_no_secret_stands_in_what_else_is_told(page: str) -> None:
    assert SECRET not in scrub(f"Not Found: {page}")
