"""What every operation in the OpenAPI document refers to: problems, and how to send a key."""

from typing import Any

import msgspec
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

Schema = dict[str, Any]


class PointedErrorBody(msgspec.Struct):
    """What is wrong with one field."""

    pointer: str
    detail: str


class ProblemBody(msgspec.Struct):
    """Why the request was refused (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    trace_id: str
    errors: list[PointedErrorBody] = []


class ApiKeyScheme(OpenApiAuthenticationExtension):
    """A key goes either into `Authorization` or into a header of its own."""

    target_class = "tenants.authentication.ApiKeyAuthentication"
    name = ["bearer", "header"]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[Any]]]:
        return [{name: []} for name in self.name]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[Schema]:
        return [
            {"type": "http", "scheme": "bearer", "description": "`sb_live_…` or `sb_test_…`"},
            {"type": "apiKey", "in": "header", "name": "X-API-Key"},
        ]
