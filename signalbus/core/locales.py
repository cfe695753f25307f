"""Locales: how they are written, and which one stands in for another."""

from functools import lru_cache

from babel import Locale, UnknownLocaleError

UNKNOWN = "This is not a known locale, such as en or fr-CA."


@lru_cache(maxsize=1024)
def canonical(text: str) -> str | None:
    """The usual way of writing a locale (`fr_ca` → `fr-CA`); None where CLDR does not know it."""
    try:
        parsed = Locale.parse(text.replace("_", "-"), sep="-", resolve_likely_subtags=False)
    except (UnknownLocaleError, ValueError):
        return None
    return str(parsed).replace("_", "-")


@lru_cache(maxsize=4096)
def fallbacks(locale: str, default: str) -> tuple[str, ...]:
    """The locales to try in order: `fr-CA`, `fr`, then the tenant's default and its parents."""
    return tuple(dict.fromkeys([*_with_parents(locale), *_with_parents(default)]))


def _with_parents(locale: str) -> list[str]:
    parts = [part for part in locale.split("-") if part]
    return ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
