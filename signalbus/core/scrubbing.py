"""Text made fit for logs: addresses masked, secrets taken out. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from signalbus.core.masking import mask_address

REMOVED = "***"
SECRET_NAMES = frozenset(
    {
        "password",
        "secret",
        "token",
        "auth_token",
        "authorization",
        "api_key",
        "credentials",
        "cookie",
        "sessionid",
    }
)

# The secret of a console's link, by which somebody joins or chooses another password.
_LINK = re.compile(r"(/join/|/new-password/[^/\s]*/)[^/\s?\"']+")
_URL_PASSWORD = re.compile(r"(?<=://)([^\s:/@]*):[^\s/@]+@")
_SECRET = re.compile(
    r"\b(sb_(?:live|test|platform)_[\w]{0,4})[\w-]*|\b(Bearer|Basic) [\w.~+/=-]+", re.IGNORECASE
)
# What follows a name of SECRET_NAMES, alone or as the end of a longer one: `smtp_password=…`,
# `"auth_token": "…"`. A quoted value goes up to its quote, a bare one up to a blank or separator.
_NAMED_SECRET = re.compile(
    rf"""((?:{"|".join(name.replace("_", "[_-]?") for name in sorted(SECRET_NAMES))})["']?"""
    r"""\s?[=:]\s?)(?!(?:Bearer|Basic)\b)(?:"[^"]*"?|'[^']*'?|[^\s,;&"'}]+)""",
    re.IGNORECASE,
)
_ATEXT = r"[\w.!#$%&'*+/=?^`{|}~-]"  # RFC 5322
# Looked for at the beginning of a run only: a long text without an address costs its length once.
_EMAIL = re.compile(rf"(?<!{_ATEXT}){_ATEXT}++@[\w-]+(?:\.[\w-]+)*")
# Those characters also part the steps of a path and a query: a run that begins with a slash is one.
_PATH = re.compile(r"/(?:.*[/=?&])?")
# A number with a plus, or ten to fifteen bare digits, or the American way with its separators.
# Parts of a longer word, of an id with hyphens or of a decimal fraction are none.
_PHONE = re.compile(
    r"(?<![\w.-])(?:\+\d(?:[ ().-]{0,2}\d){6,14}|\d{10,15}"
    r"|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})(?![\w-]|\.\d)"
)
_SUSPICIOUS = re.compile(
    r"@|\+\d|\d{4}|sb_|bearer |basic |/join/|pass|secret|token|auth|api|cred|cookie|session",
    re.IGNORECASE,
)


def scrub(text: str) -> str:
    """The text with e-mail addresses and phone numbers masked, and keys and passwords removed."""
    if not _SUSPICIOUS.search(text):
        return text
    text = without_link(text)
    text = _URL_PASSWORD.sub(rf"\1:{REMOVED}@", text) if "://" in text else text
    text = _SECRET.sub(_without_secret, text)
    text = _NAMED_SECRET.sub(rf"\1{REMOVED}", text)
    text = _EMAIL.sub(_masked, text) if "@" in text else text
    return _PHONE.sub(lambda found: mask_address(found[0]), text)


def without_link(path: str) -> str:
    """The path of a page without the secret that opens it, if it is one of a link."""
    return _LINK.sub(rf"\1{REMOVED}", path)


def scrub_value(name: str, value: Any) -> Any:
    """A named value of any kind, scrubbed down to its innermost texts."""
    if name.lower() in SECRET_NAMES:
        return REMOVED
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, Mapping):
        return {key: scrub_value(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [scrub_value(name, inner) for inner in value]
    return value


def _masked(found: re.Match[str]) -> str:
    path = _PATH.match(found[0])
    before = path[0] if path else ""
    return before + mask_address(found[0][len(before) :])


def _without_secret(found: re.Match[str]) -> str:
    return f"{found[1] or found[2] + ' '}{REMOVED}"
