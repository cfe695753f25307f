"""Whose page it is, for what people see; and the connection back to public after every request."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.http.request import split_domain_port
from django.shortcuts import render

from signalbus.core import personal
from tenants.audit import actors
from tenants.context import enter_schema, leave_schema
from tenants.hosts import Console, console_at

CONSOLE_PATHS = "/admin"


class TenantMiddleware:
    """Host → tenant for the console: its schema, its addresses, `request.tenant`.

    What is no console page needs no host: API keys name their tenant.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.tenant = None  # type: ignore[attr-defined]
        actors.enter(request)
        try:
            if _is_console(request.path_info):
                return self._show_console(request)
            return self.get_response(request)
        finally:
            actors.enter(None)
            leave_schema()
            personal.set_sees(True)

    def _show_console(self, request: HttpRequest) -> HttpResponseBase:
        host, _ = split_domain_port(request.get_host())
        console = console_at(host)
        if console is None:
            return render(request, "console/no_such_host.html", {"host": host}, status=404)
        _enter(request, console)
        return self.get_response(request)


def _is_console(path: str) -> bool:
    return path == "/" or path == CONSOLE_PATHS or path.startswith(f"{CONSOLE_PATHS}/")


def _enter(request: HttpRequest, console: Console) -> None:
    if console.tenant is None:
        request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
        return
    request.tenant = console.tenant  # type: ignore[attr-defined]
    enter_schema(console.tenant.schema)
