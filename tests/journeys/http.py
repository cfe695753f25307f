"""A client of the API over a real socket, which repeats with the same key as clients should."""

import json
import time
import urllib.error
import urllib.request
from typing import Any
from uuid import uuid4


class Client:
    """Calls one web process with one key."""

    def __init__(self, port: int, key: str) -> None:
        self.base = f"http://127.0.0.1:{port}/api/v1"
        self.key = key

    def get(self, path: str) -> Any:
        return self._call("GET", path, None, {})[1]

    def post(self, path: str, body: Any, **headers: str) -> tuple[int, Any]:
        """One call; the status and the JSON, also of a problem."""
        return self._call("POST", path, body, headers)

    def post_until_accepted(self, path: str, body: Any, seconds: float = 60.0) -> Any:
        """Repeat with the same Idempotency-Key until a 202 comes."""
        key, ends = uuid4().hex, time.monotonic() + seconds
        while True:
            try:
                status, answer = self._call("POST", path, body, {"Idempotency-Key": key})
            except (OSError, ValueError) as error:
                status, answer = 0, str(error)
            if status == 202:
                return answer
            assert time.monotonic() < ends, f"not accepted: {status} {answer}"
            time.sleep(0.1)

    def _call(self, method: str, path: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        request = urllib.request.Request(
            self.base + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/json",
                **headers,
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())
