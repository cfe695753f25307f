"""Checks of locales, time zones and host names, as they stand in a tenant's settings. (p)"""

import re

from signalbus.core import locales, time_zones

LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
HOST = re.compile(rf"{LABEL}(\.{LABEL})*")


def check_locale(locale: str) -> None:
    """Raise ValueError unless it is a locale, spelled like `fr`, `fr-CA` or `zh-Hant-TW`."""
    if locales.canonical(locale) != locale:
        raise ValueError(f"{locale!r} is no locale: write it like `en` or `fr-CA`.")


def check_time_zone(name: str) -> None:
    """Raise ValueError unless the time zone is in the IANA database."""
    if not time_zones.is_known(name):
        raise ValueError(f"{name!r} is no time zone: write it like `Europe/Paris`.")


def check_host(host: str) -> None:
    """Raise ValueError unless it is a plain host name: lower case, no scheme, port or path."""
    if not HOST.fullmatch(host) or len(host) > 253:
        raise ValueError(f"{host!r} is no host name: write it like `acme.example.org`.")
