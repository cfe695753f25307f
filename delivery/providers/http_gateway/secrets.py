"""Keeps an account's secrets out of what its gateway's words are stored as.

Some gateways answer with the request that they got, and tenants read the words of accounts that
they only inherit.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import quote, quote_plus

from delivery.providers.messages import Accepted, Outcome

MASK = "***"
SHORTEST = 4  # characters: a shorter secret would mask half of any text


@dataclass(frozen=True, slots=True)
class Secrets:
    """The forms that secrets may come back in, the longest first."""

    forms: tuple[str, ...]

    @classmethod
    def of(cls, credentials: Mapping[str, Any]) -> Self:
        """Every secret as it is, for an address, in base64, and as basic authentication."""
        values = [str(value) for value in credentials.values() if value]
        user, password = credentials.get("username"), credentials.get("password")
        values += [f"{user}:{password}"] if user and password else []
        forms = {form for value in values for form in _forms(value) if len(form) >= SHORTEST}
        return cls(tuple(sorted(forms, key=len, reverse=True)))

    def masked(self, outcome: Outcome) -> Outcome:
        """The outcome without them."""
        if isinstance(outcome, Accepted):
            return replace(outcome, reference=self._mask(outcome.reference))
        return replace(outcome, code=self._mask(outcome.code), detail=self._mask(outcome.detail))

    def _mask(self, text: str) -> str:
        for form in self.forms:
            text = text.replace(form, MASK)
        return text


def _forms(value: str) -> tuple[str, ...]:
    return (value, quote(value, safe=""), quote_plus(value), b64encode(value.encode()).decode())
