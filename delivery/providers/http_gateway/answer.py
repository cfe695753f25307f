"""What a gateway's answer means, by the account's own rules.

A rule is a line of a condition and an error class, the first that holds counts:

    422 bad_address                a status
    5xx provider_down              a hundred of statuses
    /error/code=21211 bad_address  a value in the JSON answer, found by its JSON pointer (RFC 6901)
    /status=queued accepted        `accepted` says that the message was taken

Without a rule 2xx is taken, and everything else goes by its status.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from delivery.errors import DeliveryError, ErrorClass
from delivery.providers.http_codes import error_of_status, retry_after
from delivery.providers.messages import Accepted, Outcome

ACCEPTED = "accepted"
OFFERED = (
    ErrorClass.BUSY,
    ErrorClass.UNREACHABLE,
    ErrorClass.PROVIDER_DOWN,
    ErrorClass.OUR_ACCOUNT,
    ErrorClass.BAD_ADDRESS,
    ErrorClass.OPTED_OUT,
    ErrorClass.CONTENT_REFUSED,
    ErrorClass.UNKNOWN_OUTCOME,
)
STATUS = re.compile(r"[1-5](\d\d|xx)")
LONGEST_DETAIL = 500
MISSING = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A condition on status or value, and the word for what it means."""

    status: str = ""
    pointer: str = ""
    value: str = ""
    word: str

    def holds(self, status: int, document: Any) -> bool:
        """Whether the answer fulfils the condition."""
        if self.status:
            return str(status).startswith(self.status.rstrip("x"))
        found = look(document, self.pointer)
        return found is not MISSING and _text(found) == self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How an account's answers are read: pointers into the JSON, or `header:Name`."""

    rules: Sequence[Rule] = ()
    reference: str = ""
    code: str = ""
    detail: str = ""

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "Reading":
        """As the account's options say. Raises ValueError for rules that cannot be read."""
        return cls(
            rules=rules_of(str(options.get("errors") or "")),
            reference=str(options.get("reference") or ""),
            code=str(options.get("error_code") or ""),
            detail=str(options.get("error_detail") or ""),
        )

    def outcome(self, status: int, headers: Mapping[str, str], body: bytes) -> Outcome:
        """What the answer means for the message."""
        text = body.decode("utf-8", "replace")
        document = _document(text)
        word = next((rule.word for rule in self.rules if rule.holds(status, document)), "")
        if word == ACCEPTED or (not word and 200 <= status < 300):
            return Accepted(reference=self._at(self.reference, headers, document))
        code = self._at(self.code, headers, document)
        detail = self._at(self.detail, headers, document) or text[:LONGEST_DETAIL]
        pause = retry_after(headers.get("Retry-After"), datetime.now(UTC))
        told = error_of_status(status, detail or f"HTTP {status}", code=code, retry_after=pause)
        return _as(told, word) if word else told

    def _at(self, place: str, headers: Mapping[str, str], document: Any) -> str:
        if place.startswith("header:"):
            return headers.get(place.removeprefix("header:").strip(), "")
        return _text(look(document, place)) if place else ""


def rules_of(text: str) -> tuple[Rule, ...]:
    """The rules that the lines say. Raises ValueError naming the line."""
    lines = enumerate(text.splitlines(), start=1)
    return tuple(_rule(number, line.strip()) for number, line in lines if line.strip())


def look(document: Any, pointer: str) -> Any:
    """The value at a JSON pointer, or MISSING."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(document, dict) and key in document:
            document = document[key]
        elif isinstance(document, list) and key.isdecimal() and int(key) < len(document):
            document = document[int(key)]
        else:
            return MISSING
    return document


def _rule(number: int, line: str) -> Rule:
    condition, _, word = line.rpartition(" ")
    condition = condition.strip()
    if word not in (ACCEPTED, *OFFERED):
        words = ", ".join((*OFFERED, ACCEPTED))
        raise ValueError(f"Line {number} must end with one of {words}.")
    if STATUS.fullmatch(condition):
        return Rule(status=condition, word=word)
    pointer, equals, value = condition.partition("=")
    if not pointer.startswith("/") or not equals:
        raise ValueError(f"Line {number} must begin with a status or with /pointer=value.")
    return Rule(pointer=pointer.strip(), value=value.strip(), word=word)


def _as(error: DeliveryError, word: str) -> DeliveryError:
    return DeliveryError(
        error_class=ErrorClass(word),
        code=error.code,
        detail=error.detail,
        retry_after=error.retry_after,
    )


def _document(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _text(value: Any) -> str:
    if value is MISSING or value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
