"""The API as a client sees it, without a socket."""

import json
from typing import Any

from django.test import Client

JSON = "application/json"
OPEN_ROUTES = frozenset({"index", "openapi", "docs", "redoc", "errors"})  # what needs no key


class Answer:
    """An answer with its JSON read."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        self.body = _read(response)

    def __repr__(self) -> str:
        return f"{self.status} {json.dumps(self.body)[:2000]}"

    @property
    def pointers(self) -> list[str]:
        """Where the errors of a problem point."""
        return [error["pointer"] for error in self.body.get("errors", [])]

    @property
    def kind(self) -> str:
        """The last part of a problem's type."""
        return str(self.body["type"]).rpartition(":")[2]


def _written(body: Any, body_type: str) -> bytes:
    return (json.dumps(body) if body_type == JSON else str(body)).encode()


def _read(response: Any) -> Any:
    """Its JSON, or the text of what is none, such as CSV that comes in pieces."""
    content = response.getvalue()
    is_text = response.headers.get("Content-Type", "").startswith("text/csv")
    return content.decode() if is_text else json.loads(content) if content else None


class Api:
    """Calls below /api/v1 with one key."""

    def __init__(self, key: str | None, host: str = "localhost") -> None:
        self.key = key
        self._client = Client(raise_request_exception=False, headers={"host": host})

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Answer:
        return self._call("GET", path, query=query, headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self._call("POST", path, body=body, headers=headers)

    def patch(self, path: str, body: Any, **headers: str) -> Answer:
        return self._call("PATCH", path, body=body, headers=headers)

    def put(self, path: str, body: Any, **headers: str) -> Answer:
        return self._call("PUT", path, body=body, headers=headers)

    def delete(self, path: str, **headers: str) -> Answer:
        return self._call("DELETE", path, headers=headers)

    def raw(self, method: str, path: str, content: bytes, content_type: str) -> Answer:
        """A body exactly as given: for what is no JSON."""
        return self._send(method, path, content, content_type, {})

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, Any] | None = None,
        body: Any = None,
        body_type: str = JSON,
        headers: dict[str, str],
    ) -> Answer:
        content = b"" if body is None else _written(body, body_type)
        return self._send(method, path, content, body_type, headers, query)

    def _send(
        self,
        method: str,
        path: str,
        content: bytes,
        content_type: str,
        headers: dict[str, str],
        query: dict[str, Any] | None = None,
    ) -> Answer:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key:
            sent.setdefault("Authorization", f"Bearer {self.key}")
        url = path if path.startswith(("/api/", "http")) else f"/api/v1{path}"
        return Answer(
            self._client.generic(
                method, url, content, content_type, headers=sent, query_params=query
            )
        )
