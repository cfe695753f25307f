"""The OpenAPI document, made from the views' `operations` and the msgspec structs they name."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentIdentity, ComponentRegistry, ResolvedComponent

from signalbus.api.answer_headers import LIMITED, of_answer, of_refusal, references
from signalbus.api.described import TAGS, ProblemBody, Schema
from signalbus.api.example_answers import ANSWERS, OTHER_ANSWERS, TRACE
from signalbus.api.example_answers.common import OtherAnswers
from signalbus.api.examples import EXAMPLES, Example
from signalbus.api.idempotency import LONGEST_KEY
from signalbus.api.introduction import introduction
from signalbus.api.operations import JSON, Operation, Other, Parameter
from signalbus.api.problems import CONTENT_TYPE, KINDS, Problem
from signalbus.api.refusals import ALWAYS, refusals

REFERENCE = "#/components/schemas/{name}"
PLACEHOLDER = re.compile(r"{(\w+)}")
CONVERTERS: dict[str, Schema] = {
    "uuid": {"type": "string", "format": "uuid"},
    "int": {"type": "integer"},
}
ANSWERED: dict[int, str] = {
    200: "Done.",
    201: "Created.",
    202: "Accepted: it is stored, and goes out by itself.",
    204: "Done; there is nothing to show.",
}
IDEMPOTENCY_KEY: Schema = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Makes the request safe to repeat: the same key and body get the same answer.",
    # Printable ASCII; a space at either end is no part of a header's value.
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST_KEY,
        "pattern": "^[!-~]([ -~]*[!-~])?$",
    },
}


class OperationSchema(AutoSchema):
    """Describes a view's method by its entry in `operations`; all else is the generator's.

    Another API has examples of its own, its own `always`: what every operation may refuse, and its
    own `headers`: those of every answer.
    """

    examples = EXAMPLES
    answers = ANSWERS
    other_answers: OtherAnswers = OTHER_ANSWERS
    always: tuple[str, ...] = ALWAYS
    headers: tuple[str, ...] = LIMITED

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> Schema | None:
        described = self.view.described() if hasattr(self.view, "described") else {}
        if method.lower() not in described:
            return super().get_operation(path, path_regex, path_prefix, method, registry)
        self.registry, self.path, self.path_regex, self.method = registry, path, path_regex, method
        short = re.sub(path_prefix, "", path)
        return self._described(described[method.lower()], short)

    def _described(self, operation: Operation, path: str) -> Schema:
        example = self.examples.get((self.method, path), Example())
        schema = {
            "operationId": _operation_id(self.method, path),
            "summary": operation.summary,
            "description": operation.description or operation.summary,
            "tags": [self.tag(path)],
            "parameters": self._all_parameters(operation, example),
            "security": self.get_auth(),
            "responses": self._responses(operation, path),
        }
        return schema | self._request_body(operation, example)

    def tag(self, path: str) -> str:
        """What the operation is listed under."""
        return path.split("/")[1]

    def usual(self) -> tuple[str, ...]:
        """What the operation may refuse, whatever it is about."""
        return self.always

    def _all_parameters(self, operation: Operation, example: Example) -> list[Schema]:
        named = re.findall(r"<(?:(\w+):)?(\w+)>", self.path_regex)
        found = [_path_parameter(converter, name) for converter, name in named]
        found += [_query_parameter(each, example.query) for each in operation.query]
        return found + ([IDEMPOTENCY_KEY] if self.method == "POST" else [])

    def _request_body(self, operation: Operation, example: Example) -> Schema:
        if operation.body is None:
            return {}
        media = {"schema": self._component(operation.body)}
        if example.body is not None:
            media["example"] = example.body
        return {
            "requestBody": {
                "required": operation.needs_body,
                "content": {operation.body_type: media},
            }
        }

    def _responses(self, operation: Operation, path: str) -> Schema:
        good = {str(operation.status): self._good(operation, path)}
        refused = self._refused(operation, path)
        others = {str(each.status): self._other(each, path) for each in operation.others}
        return good | others | refused

    def _good(self, operation: Operation, path: str) -> Schema:
        good: Schema = {
            "description": _answered(operation),
            "headers": self._headers(of_answer(self.method)),
        }
        if operation.answer is None:
            return good
        media = {"schema": self._component(operation.answer)}
        example = {"example": self.answers[self.method, path]}
        return good | {"content": {operation.answer_type: media | example}}

    def _refused(self, operation: Operation, path: str) -> Schema:
        refused = refusals(
            self.method,
            operation,
            has_placeholder=bool(PLACEHOLDER.search(path)),
            always=self.usual(),
        )
        return {str(status): self._problem(kinds, path) for status, kinds in refused.items()}

    def _problem(self, kinds: tuple[str, ...], path: str) -> Schema:
        media = {"schema": self._component(ProblemBody), "examples": _problems(kinds, path)}
        return {
            "description": _titles(kinds),
            "headers": self._headers(of_refusal(kinds)),
            "content": {CONTENT_TYPE: media},
        }

    def _headers(self, names: tuple[str, ...]) -> Schema:
        return references(self.registry, (*self.headers, *names))

    def _other(self, other: Other, path: str) -> Schema:
        if other.answer is None:
            return {"description": other.description}
        example = self.other_answers[self.method, path, other.status]
        media = {"schema": self._component(other.answer), "example": example}
        return {"description": other.description, "content": {JSON: media}}

    def _component(self, type_: Any) -> Schema:
        """A reference to the type's schema, which is put among the components."""
        (schema,), components = msgspec.json.schema_components([type_], ref_template=REFERENCE)
        for name, component in components.items():
            self.registry.register_on_missing(
                ResolvedComponent(
                    name, ResolvedComponent.SCHEMA, component, ComponentIdentity(str(component))
                )
            )
        return dict(schema)


class Generator(SchemaGenerator):
    """Describes what stands below `root`, and nothing else."""

    root = "/api/v1/"

    def _initialise_endpoints(self) -> None:
        super()._initialise_endpoints()
        found = self.endpoints or ()
        self.endpoints = [each for each in found if each[0].startswith(self.root)]


@cache
def document() -> bytes:
    """The whole document as JSON; it is the same as long as the process runs."""
    return written(Generator(), introduction(), TAGS)


def written(generator: Generator, told: str, tags: Mapping[str, str], **info: str) -> bytes:
    """A document as JSON: `told` is its introduction, `info` what else it says of itself."""
    schema = generator.get_schema(request=None, public=True)
    listed = [{"name": name, "description": text} for name, text in tags.items()]
    head = {**schema["info"], "description": told, **info}
    return msgspec.json.encode({**schema, "info": head, "tags": listed})


def _operation_id(method: str, path: str) -> str:
    """Such as `get_templates_by_name`: unique, since method and path are."""
    words = PLACEHOLDER.sub(r"by_\1", path).strip("/").replace("/", "_").replace("-", "_")
    return f"{method.lower()}_{words}"


def _path_parameter(converter: str, name: str) -> Schema:
    schema = CONVERTERS.get(converter, {"type": "string"})
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query_parameter(parameter: Parameter, examples: dict[str, str]) -> Schema:
    schema = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description,
        "schema": parameter.schema,
    }
    if parameter.name in examples:
        schema["example"] = examples[parameter.name]
    return schema


def _answered(operation: Operation) -> str:
    """What the status means, and what comes with it."""
    told = (getattr(operation.answer, "__doc__", None) or "").partition("\n")[0]
    return f"{ANSWERED[operation.status]} {told}".rstrip()


def _problems(kinds: tuple[str, ...], path: str) -> dict[str, Schema]:
    """An example of each kind of problem."""
    return {
        kind: {"summary": KINDS[kind].title, "value": Problem(kind, _plain(kind)).body(path, TRACE)}
        for kind in kinds
    }


def _plain(kind: str) -> str:
    return KINDS[kind].advice.replace("`", "")


def _titles(kinds: tuple[str, ...]) -> str:
    return "; ".join(KINDS[kind].title for kind in kinds)
