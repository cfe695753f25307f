"""What every operation in the OpenAPI document refers to: problems, and how to send a key."""

from typing import Annotated, Any

import msgspec
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

Schema = dict[str, Any]

# The first part of the path, in the order in which somebody new needs them.
TAGS: dict[str, str] = {
    "notify": "Say what happened to whom; the topic's policy decides what is sent.",
    "publish": "The same, to many at once.",
    "notifications": "Send one message on one channel; find, cancel and redrive what was asked.",
    "batches": "How far a batch has come.",
    "dead-letters": "What gave up.",
    "redrives": "Much that failed, sent anew by a filter.",
    "sandbox": "What the simulator took.",
    "templates": "What is said.",
    "policies": "Which channels and templates a topic has.",
    "recipients": "Whom you talk to.",
    "suppressions": "Addresses that are not to be used.",
    "provider-accounts": "Whom you send through.",
    "api-keys": "Who may ask.",
    "audit-log": "Who changed what.",
    "notices": "What was noticed by itself, and what somebody may have to lift.",
    "usage": "What was used of the quotas, and what is left.",
    "statistics": "What came of deliveries, by hour or day.",
    "stream": "What becomes of deliveries, as it happens.",
}


class PointedErrorBody(msgspec.Struct):
    """What is wrong with one field."""

    pointer: Annotated[
        str,
        msgspec.Meta(description="A JSON pointer (RFC 6901) to the field; empty: the whole body."),
    ]
    detail: Annotated[str, msgspec.Meta(description="What is wrong with it.")]


class ProblemBody(msgspec.Struct):
    """Why the request was refused (RFC 9457)."""

    type: Annotated[str, msgspec.Meta(description="A name that never changes; see Errors.")]
    title: Annotated[str, msgspec.Meta(description="What the type means.")]
    status: Annotated[int, msgspec.Meta(description="As that of HTTP.")]
    detail: Annotated[str, msgspec.Meta(description="What is wrong here, and what to do.")]
    instance: Annotated[str, msgspec.Meta(description="The address that was asked.")]
    trace_id: Annotated[str, msgspec.Meta(description="Finds the request in logs and traces.")]
    errors: Annotated[
        list[PointedErrorBody], msgspec.Meta(description="Each wrong field, for 400 and 422.")
    ] = []


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
