"""Checks of the addresses that people and providers use."""

from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage
from django.http.request import validate_host

from signalbus.checks.words import doubtful, wrong

BASE_URL = "SIGNALBUS_BASE_URL"
SECURE_COOKIES = "SIGNALBUS_SECURE_COOKIES"
HOSTS = "SIGNALBUS_ALLOWED_HOSTS"
ORIGINS = "SIGNALBUS_TRUSTED_ORIGINS"
HOOKS_URL = "SIGNALBUS_HOOKS_URL"
STREAM_URL = "SIGNALBUS_STREAM_URL"
PROXIES = "SIGNALBUS_TRUSTED_PROXIES"
SCHEMES = ("http", "https")
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def check_base_url() -> Iterator[CheckMessage]:
    """Invitations and hooks are built on it."""
    remedy = "Write what people type, such as https://signalbus.example.org."
    if not _is_address(settings.BASE_URL):
        what = f"is no address with http:// or https://: {settings.BASE_URL}"
        yield wrong(BASE_URL, what, remedy)
    elif settings.BASE_URL.endswith("/"):
        yield doubtful(
            BASE_URL, "ends with a slash: links would have two.", "Leave the last / out."
        )


def check_cookies() -> Iterator[CheckMessage]:
    """A browser keeps secure cookies for HTTPS only, and sends others over HTTP too."""
    scheme, host = _base().scheme, _base().hostname or ""
    if settings.SECURE_COOKIES and scheme == "http" and host not in LOCAL:
        what = f"is yes, but {BASE_URL} is http: nobody could log in."
        yield wrong(SECURE_COOKIES, what, f"Serve HTTPS and write https:// into {BASE_URL}, or no.")
    if not settings.SECURE_COOKIES and scheme == "https":
        what = f"is no, but {BASE_URL} is https: log-ins would travel over plain HTTP as well."
        yield doubtful(SECURE_COOKIES, what, "Write yes, and let the proxy set X-Forwarded-Proto.")


def check_hosts() -> Iterator[CheckMessage]:
    """Who is answered under any name may be made to write any name into a link."""
    if "*" in settings.ALLOWED_HOSTS and _base().hostname not in LOCAL:
        what = "is *: any host name is answered."
        yield doubtful(HOSTS, what, "Name them: .example.org is example.org and all below it.")
    own = _base().hostname or ""
    if own and not validate_host(own, settings.ALLOWED_HOSTS):
        what = f"lacks {own}, the host of {BASE_URL}: whoever goes there is answered 400."
        yield doubtful(HOSTS, what, f"Add {own}, or .{own} where tenants have hosts below it.")
    for host in settings.ALLOWED_HOSTS:
        if "/" in host or "://" in host:
            yield wrong(HOSTS, f"has {host!r}: a host has no scheme and no path.", "Write it.")


def check_origins() -> Iterator[CheckMessage]:
    """Django compares them with the header Origin, scheme and all."""
    for origin in settings.CSRF_TRUSTED_ORIGINS:
        if urlsplit(origin).scheme not in SCHEMES:
            yield wrong(ORIGINS, f"has {origin!r} without a scheme.", f"Write https://{origin}.")


def check_hooks() -> Iterator[CheckMessage]:
    """Providers call it from outside."""
    if settings.HOOKS_URL and not _is_address(settings.HOOKS_URL):
        remedy = "Write where providers reach this installation, such as https://hooks.example.org."
        yield wrong(HOOKS_URL, f"is no address: {settings.HOOKS_URL}", remedy)


def check_stream() -> Iterator[CheckMessage]:
    """Clients of the live stream are sent there."""
    if settings.STREAM_URL and not _is_address(settings.STREAM_URL):
        remedy = "Write where clients reach run_stream, such as https://stream.example.org:8001."
        yield wrong(STREAM_URL, f"is no address with http(s)://: {settings.STREAM_URL}", remedy)


def check_proxies() -> Iterator[CheckMessage]:
    """Whoever is believed can name any client address."""
    if any(network.prefixlen == 0 for network in settings.TRUSTED_PROXIES):
        what = "believes everybody: any client could pass for any address, and escape its limits."
        yield doubtful(PROXIES, what, "Name the networks of the proxies alone.")


def _base() -> SplitResult:
    return urlsplit(settings.BASE_URL)


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in SCHEMES and bool(parts.hostname)
