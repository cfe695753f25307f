"""JSON as pages show it: with `…` where an object or a list goes on."""

import json
import re
from typing import Any

MORE = "…"
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]|…', re.DOTALL)


def loads(text: str) -> Any:
    """The JSON; an object that goes on has the member `…`, a list the item `…`."""
    open_: list[str] = []

    def whole(match: re.Match[str]) -> str:
        token = match[0]
        if token in "[{":
            open_.append(token)
        elif token in "]}":
            open_.pop()
        elif token == MORE:
            return '"…": null' if open_[-1] == "{" else '"…"'
        return token

    return json.loads(TOKEN.sub(whole, text))
