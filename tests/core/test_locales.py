"""Locales have one spelling and known stand-ins."""

import pytest

from signalbus.core import locales


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("fr_ca", "fr-CA"),
        ("EN", "en"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("english", None),
        ("xx-YY", None),
        ("fr-CA\n", None),
        ("", None),
    ],
)
def test_canonical(given: str, canonical: str | None) -> None:
    assert locales.canonical(given) == canonical


def test_fallbacks_end_with_the_tenants_default() -> None:
    assert locales.fallbacks("fr-CA", "en") == ("fr-CA", "fr", "en")
    assert locales.fallbacks("en-GB", "en-US") == ("en-GB", "en", "en-US")
    assert locales.fallbacks("", "de") == ("de",)
