"""`make screenshots`: every page is on its list, and what it says without a browser. No browser."""

import re
import struct
from collections.abc import Iterable, Iterator

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from pytest_django import Settings

from tenants.identity import TenantIdentity
from tenants.models import Tenant
from tests.browser import chromium
from tests.browser.screenshots import __main__ as program
from tests.browser.screenshots import known, opens, shown, sights
from tests.browser.screenshots.addresses import NO_PAGES, Known, UnknownObjectError, addresses
from tests.browser.screenshots.stage import Stage
from tests.browser.screenshots.visits import Address, Visit
from tests.browser.shop import access, opening, platform, week
from tests.console.pages import PLATFORM, TENANT, pages_of
from tests.processes import ROOT

FEW = (3, 1, 1)
LINK = {"new_password": {"uidb64": "x", "token": "x"}}


@pytest.fixture
def stage(database: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """The shop, with less to do than in the pictures."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(week, "NEWSLETTER_SIZE", 5)
    monkeypatch.setattr(week, "DAYS", 1)
    monkeypatch.setattr(platform, "NEIGHBOURS", dict.fromkeys(platform.NEIGHBOURS, FEW))
    before = set(Tenant.objects.values_list("pk", flat=True))
    yield Stage(port=9, shop=opening.open_shop())
    for tenant in Tenant.objects.exclude(pk__in=before):
        with connection.cursor() as cursor:
            cursor.execute(f'DROP SCHEMA IF EXISTS "{tenant.schema_name}" CASCADE')
        Tenant.objects.filter(pk=tenant.pk).delete()
    User.objects.all().delete()


def seen_by(visits: Iterable[Visit], console: str) -> set[str]:
    """The names of pages that are looked at in that console, by whomever."""
    there = [visit for visit in visits if visit.name.partition("-")[0] == console]
    return {each.name for visit in there for each in visit.addresses}


def test_every_page_of_the_url_tables_is_looked_at(stage: Stage) -> None:
    visits = sights.visits(stage)
    shop = (opening.HOST, access.OWNER, addresses(TENANT, known.of_shop(stage.shop)))
    bare = (sights.BARE, platform.OWNER, addresses(PLATFORM, known.of_platform(stage.shop)))
    for name, (host, owner, every) in {"tenant": shop, "platform": bare}.items():
        seen, client = seen_by(visits, name), opens.person_at(host, owner)
        assert {"index", "login", "join", "auditlog_logentry_change"} <= seen
        for address in every:
            if address.name not in seen:
                assert client.get(address.path).status_code in opens.ELSEWHERE, address
    pictures = [f"{visit.name}-{each.name}" for visit in visits for each in visit.addresses]
    assert {each.page for each in shown.SHOWN.values()} <= set(pictures)
    assert len(set(pictures)) == len(pictures), "a picture would be written over another one"


def test_what_is_passed_over_is_there() -> None:
    names = {page.name for table in (TENANT, PLATFORM) for page in pages_of(table)}
    assert names >= NO_PAGES


def test_a_page_whose_object_is_unknown_is_named() -> None:
    with pytest.raises(UnknownObjectError, match="tenants_apikey_revoke is to show"):
        addresses(TENANT, Known(ids={}, parts={"join": {"secret": "x"}} | LINK, app="delivery"))


def test_a_broken_page_is_named(acme: TenantIdentity) -> None:
    broken = Address(name="lost", path="/no-such-page")
    with pytest.raises(opens.BrokenPageError, match="lost: /no-such-page answered 404"):
        opens.pages(Client(headers={"host": "acme.localhost"}), [broken])


def test_without_a_browser_it_says_how_to_get_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(chromium, "NAMES", ("no-such-browser",))
    monkeypatch.delenv(chromium.VARIABLE, raising=False)
    assert program.main() == 1
    assert "apt-get install chromium" in capsys.readouterr().out


def test_the_documentation_shows_what_is_taken_for_it_and_no_more() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    linked = {
        name for page in pages for name in re.findall(r"images/([a-z-]+)\.png", page.read_text())
    }
    there = {path.stem: path for path in (ROOT / shown.FOLDER).iterdir()}
    assert linked == set(there) == set(shown.SHOWN)
    for name, path in there.items():
        content = path.read_bytes()
        assert len(content) < shown.MOST_BYTES, name
        size = shown.SHOWN[name]
        assert struct.unpack(">II", content[16:24]) == (size.width, size.height), name


def test_each_of_them_is_a_part_of_a_page_that_is_looked_at() -> None:
    for name, each in shown.SHOWN.items():
        assert shown.clips_of(each.page, each.width) == {shown.FOLDER / f"{name}.png": each.height}
    assert shown.clips_of("tenant-index", 1440).keys() != shown.clips_of("tenant-index", 390).keys()
