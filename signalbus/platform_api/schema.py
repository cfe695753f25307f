"""How the operations of the platform's API are described: by examples and refusals of their own."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry

from signalbus.api import answer_headers
from signalbus.api.described import Schema
from signalbus.api.openapi import OperationSchema
from signalbus.platform_api.example_answers import ANSWERS
from signalbus.platform_api.examples import EXAMPLES

PREFIX = "/api/platform/v1"
ALWAYS = ("unauthenticated", "rate-limited", "internal", "unavailable")
TAGS = {
    "tenants": "Customers: made, changed, suspended, deleted.",
    "domains": "Host names that show a tenant's console.",
    "api-keys": "Who may ask for a tenant.",
}


class PlatformSchema(OperationSchema):
    """Listed by what stands below a tenant."""

    examples = EXAMPLES
    answers = ANSWERS
    other_answers = {}
    always = ALWAYS
    headers = answer_headers.ALWAYS

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Schema | None:
        return super().get_operation(path, path_regex, f"^{PREFIX}", method, registry)

    def tag(self, path: str) -> str:
        return next((part for part in path.split("/")[2:] if part in TAGS), "tenants")


class PlatformKeyScheme(OpenApiAuthenticationExtension):
    """A key goes either into `Authorization` or into a header of its own."""

    target_class = "tenants.platform_authentication.PlatformKeyAuthentication"
    name = ["platform_bearer", "platform_header"]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[Any]]]:
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[Schema]:
        return [
            {"type": "http", "scheme": "bearer", "description": "`sb_platform_…`"},
            {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        ]
