"""Typed reading of environment variables, each declared with its default and meaning.

Every reader also accepts NAME_FILE, a path whose content is the value (Docker and systemd secrets).
The declarations are kept, so that the settings reference is made from the code itself.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from signalbus.core.errors import SettingError

T = TypeVar("T")
Network = IPv4Network | IPv6Network
TRUE = frozenset({"1", "true", "yes", "on"})
DATABASE_SCHEMES = frozenset({"postgresql", "postgres"})
FALSE = frozenset({"0", "false", "no", "off", ""})


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One variable as the code reads it. `section` is where the settings reference shows it."""

    name: str
    kind: str
    default: str
    help: str
    section: str = ""
    required: bool = False


def as_boolean(raw: str) -> bool:
    """True for 1, true, yes and on; False for 0, false, no, off and nothing, in any case."""
    word = raw.strip().lower()
    if word not in TRUE | FALSE:
        raise ValueError("expected yes or no")
    return word in TRUE


def as_list(raw: str) -> list[str]:
    """The parts between commas, without blanks and empty parts."""
    return [part.strip() for part in raw.split(",") if part.strip()]


def as_pairs(raw: str) -> dict[str, str]:
    """What key=value, comma-separated, says: `a=1, b=x=y` → {"a": "1", "b": "x=y"}.

    A part that is wrong is told by its place, since it may be half of a secret.
    """
    pairs = [part.partition("=") for part in as_list(raw)]
    for place, (name, equals, _) in enumerate(pairs, start=1):
        if not name.strip() or not equals:
            raise ValueError(f"part {place} of {len(pairs)} is not key=value")
    return {name.strip(): value.strip() for name, _, value in pairs}


def as_networks(raw: str) -> tuple[Network, ...]:
    """The networks in CIDR notation; an address alone is a network of one."""
    return tuple(ip_network(part) for part in as_list(raw))


def as_database(raw: str) -> SplitResult:
    """The parts of `postgresql://user:password@host:5432/database`; no error repeats them."""
    address = urlsplit(raw)
    if raw and address.scheme not in DATABASE_SCHEMES:
        raise ValueError("it does not begin with postgresql://")
    try:
        address.port  # noqa: B018 - raises where it is no port
    except ValueError:
        raise ValueError("its port is no number; encode / ? # @ in a password, as %2F") from None
    return address


@dataclass(slots=True)
class Environment:
    """Reads variables, and remembers what was asked for and what was wrong."""

    values: Mapping[str, str] = field(default_factory=lambda: os.environ)
    declared: dict[str, Declaration] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    current: str = ""

    def section(self, title: str) -> None:
        """What is declared from here on stands under that heading of the settings reference."""
        self.current = title

    def text(self, name: str, default: str, help: str) -> str:
        return self._read(name, "text", default, help, str)

    def integer(self, name: str, default: int, help: str) -> int:
        return self._read(name, "whole number", default, help, int)

    def number(self, name: str, default: float, help: str) -> float:
        return self._read(name, "number", default, help, float)

    def optional_integer(self, name: str, help: str) -> int | None:
        return self._read(name, "whole number", None, help, lambda raw: int(raw) if raw else None)

    def optional_number(self, name: str, help: str) -> float | None:
        return self._read(name, "number", None, help, lambda raw: float(raw) if raw else None)

    def boolean(self, name: str, default: bool, help: str) -> bool:
        return self._read(name, "yes/no", default, help, as_boolean)

    def list(self, name: str, default: str, help: str) -> list[str]:
        return self._read(name, "comma-separated list", as_list(default), help, as_list)

    def pairs(self, name: str, default: str, help: str) -> dict[str, str]:
        kind = "comma-separated list of key=value"
        return self._read(name, kind, as_pairs(default), help, as_pairs)

    def networks(self, name: str, help: str) -> tuple[Network, ...]:
        return self._read(name, "comma-separated list of networks", (), help, as_networks)

    def converted(
        self, name: str, default: T, help: str, *, kind: str, convert: Callable[[str], T]
    ) -> T:
        """What a caller's own reader makes of the text; its ValueError says what is wrong."""
        return self._read(name, kind, default, help, convert)

    def required(self, name: str, help: str) -> str:
        value = self._read(name, "text", "", help, str)
        self.declared[name] = replace(self.declared[name], required=True)
        if not value:
            self.problems.append(f"{name} is not set: {help}")
        return value

    def database(self, name: str, help: str) -> SplitResult:
        """The parts of PostgreSQL's address, which has to be set."""
        self.required(name, help)
        declared = self.declared[name]
        address = self._read(name, "PostgreSQL address", urlsplit(""), help, as_database)
        self.declared[name] = declared
        return address

    def check(self) -> None:
        """Raise SettingError naming every variable that is missing or wrong, all at once."""
        if self.problems:
            raise SettingError("\n".join(self.problems))

    def _read(self, name: str, kind: str, default: T, help: str, convert: Callable[[str], T]) -> T:
        self.declared[name] = Declaration(
            name=name, kind=kind, default=_shown(default), help=help, section=self.current
        )
        try:
            raw = self._raw(name)
            return default if raw is None else convert(raw)
        except (ValueError, OSError) as error:
            self.problems.append(f"{name} must be a {kind}: {error} ({help})")
            return default

    def _raw(self, name: str) -> str | None:
        path = self.values.get(f"{name}_FILE")
        return Path(path).read_text().strip() if path else self.values.get(name)


def _shown(default: object) -> str:
    """A default as somebody would write it into the variable."""
    if isinstance(default, bool):
        return "yes" if default else "no"
    if isinstance(default, float):
        return f"{default:g}"
    if isinstance(default, list | tuple):
        return ",".join(map(str, default))
    if isinstance(default, Mapping):
        return ",".join(f"{name}={value}" for name, value in default.items())
    return "" if default is None else str(default)
