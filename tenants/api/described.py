"""What the OpenAPI document says of operations by what their keys may do (tenants/scopes.py)."""

from collections.abc import Iterable, Iterator
from functools import cache

from django.urls import URLPattern, URLResolver, get_resolver

from signalbus.api.openapi import OperationSchema
from tenants.scopes import access_to


class KeyedSchema(OperationSchema):
    """Adds the refusal of test keys where they may not write what live and test share."""

    def usual(self) -> tuple[str, ...]:
        name = route_names().get(self.path_regex.lstrip("/"))
        access = access_to(name, self.method) if name else None
        return (*self.always, "live-key-needed") if access and access.live_only else self.always


@cache
def route_names() -> dict[str, str]:
    """Pattern, such as `api/v1/templates/<str:name>` → the route's name."""
    return dict(_named(get_resolver("signalbus.urls").url_patterns, ""))


def _named(patterns: Iterable[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, str]]:
    for each in patterns:
        pattern = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _named(each.url_patterns, pattern)
        elif each.name:
            yield pattern, each.name
