"""A provider account as drivers see it. Pure."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account with its secrets open. `problem` says why it cannot be used, if so.

    Nothing is sent through one that is not `enabled`, but it is asked about what it has sent.
    `inherited` ones are the platform's: the same account serves many tenants, each with
    `tenant_per_second` of it at most. Rates are messages per second; None is no limit.
    """

    id: UUID
    name: str
    kind: str
    channel: str
    options: dict[str, Any] = field(default_factory=dict)
    credentials: dict[str, Any] = field(default_factory=dict, repr=False)
    updated_at: datetime
    position: int = 0
    weight: int = 1
    per_second: float | None = None
    burst: int = 1
    domain_per_second: float | None = None
    inherited: bool = False
    tenant_per_second: float | None = None
    enabled: bool = True
    problem: str = ""

    @property
    def is_limited(self) -> bool:
        """Whether any limit holds for what it sends."""
        return bool(self.per_second or self.domain_per_second or self.tenant_per_second)

    @property
    def sender(self) -> str:
        """What recipients see as the sender: the option `from`, empty where there is none."""
        return str(self.options.get("from", ""))


# What all test keys use, on every channel; it needs no row.
SIMULATOR = Account(
    id=UUID("00000000-0000-7000-8000-000000000001"),
    name="simulator",
    kind="simulator",
    channel="",
    options={"from": "simulator"},
    updated_at=datetime(2026, 1, 1, tzinfo=UTC),
)
