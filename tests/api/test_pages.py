"""The two pages that show the document: their titles, and that they ask no other host."""

import pytest

from tests.door import Api


def html_of(page: str) -> str:
    return str(Api(None)._client.get(f"/api/v1/{page}").content.decode())


@pytest.mark.parametrize(
    ("page", "title"),
    [("docs", "Signalbus API: try it out"), ("redoc", "Signalbus API: reference")],
)
def test_each_has_a_title_of_its_own(database: None, page: str, title: str) -> None:
    assert f"<title>{title}</title>" in html_of(page)


def test_redoc_may_load_no_picture_of_its_maker(database: None) -> None:
    policy = "img-src 'self' data:"
    assert f'http-equiv="Content-Security-Policy" content="{policy}"' in html_of("redoc")
