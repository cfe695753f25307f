"""What providers answered, as it came over the wire, one file for each answer."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Payload:
    """An HTTP answer. A body that is no text is sent as JSON."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = ""

    @property
    def raw(self) -> bytes:
        text = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return text.encode()


def payload(name: str) -> Payload:
    """The recorded answer of that name, such as `twilio/accepted`."""
    return Payload(**json.loads((HERE / f"{name}.json").read_text()))


def names(folder: str) -> list[str]:
    """The answers of a folder, by their names alone."""
    return sorted(path.stem for path in (HERE / folder).glob("*.json"))
