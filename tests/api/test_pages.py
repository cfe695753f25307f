"""The two pages that show the document: their titles, and that they ask no other host."""

import pytest
from django.utils.html import escape

from signalbus.api.problems import KINDS
from tests.door import Api


def html_of(page: str) -> str:
    return str(Api(None)._client.get(f"/api/v1/{page}").content.decode())


@pytest.mark.parametrize(
    ("page", "title"),
    [("docs", "Signalbus API: try it out"), ("redoc", "Signalbus API: reference")],
)
def test_each_has_a_title_of_its_own(database: None, page: str, title: str) -> None:
    assert f"<title>{title}</title>" in html_of(page)


def test_the_page_of_errors_explains_each_of_them(database: None) -> None:
    page = html_of("errors")
    for name, kind in KINDS.items():
        assert f'<section id="{name}">' in page
        assert f"<h2>{escape(kind.title)}</h2>" in page
    assert "`" not in page


def test_an_error_leads_to_its_place_on_that_page(database: None) -> None:
    answer = Api("sb_live_wrong").get("/notifications")
    assert answer.headers["Link"] == '</api/v1/errors#unauthenticated>; rel="help"'


def test_redoc_may_load_no_picture_of_its_maker(database: None) -> None:
    policy = "img-src 'self' data:"
    assert f'http-equiv="Content-Security-Policy" content="{policy}"' in html_of("redoc")
