"""Where a console is, for links that go out by mail."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port
from django.urls import reverse

from tenants import identity


def link_to(request: HttpRequest, page: str, *args: str) -> str:
    """The address of a page of this console.

    Anybody may write any host into a request. So the host is the request's only where it is one of
    a tenant's; scheme and port, and the platform's host, are those of SIGNALBUS_BASE_URL.
    """
    return f"{_console(request)}{reverse(f'admin:{page}', args=args)}"


def _console(request: HttpRequest) -> str:
    base = urlsplit(settings.BASE_URL)
    host, _ = split_domain_port(request.get_host())
    if not host or identity.by_host(host.lower().rstrip(".")) is None:
        return f"{base.scheme}://{base.netloc}"
    return f"{base.scheme}://{host}{f':{base.port}' if base.port else ''}"
