"""Kinds of provider accounts and the drivers that serve them, loaded on first use.

A driver outside the repository is found by an entry point of the group `signalbus.providers`
whose object is a `Kind`:

    [project.entry-points."signalbus.providers"]
    acme_sms = "acme_sms.signalbus:KIND"
"""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from threading import Lock
from typing import Any
from uuid import UUID

from django.utils.module_loading import import_string

from delivery.providers.account import Account
from delivery.providers.base import Provider
from delivery.providers.broken import BrokenAccount
from delivery.providers.email import esps, smtp_kind
from delivery.providers.http_gateway import kind as http_kind
from delivery.providers.kinds import Kind, Problem, problems_of
from delivery.providers.simulator import kind as simulator_kind
from delivery.providers.twilio import kind as twilio_kind
from signalbus.core.logs import get_logger

GROUP = "signalbus.providers"
MOST_KEPT = 1000  # drivers with their connections; beyond it the one made first makes room
BUILT_IN = (simulator_kind.KIND, smtp_kind.KIND, *esps.KINDS, twilio_kind.KIND, http_kind.KIND)
log = get_logger(__name__)

_drivers: dict[UUID, tuple[Account, Provider]] = {}
_lock = Lock()


@cache
def _table() -> dict[str, Kind]:
    return {kind.name: kind for kind in (*BUILT_IN, *_outside())}


def kinds() -> tuple[Kind, ...]:
    """Every kind of account, those of other packages last."""
    return tuple(_table().values())


def find(name: str) -> Kind | None:
    """The kind of that name."""
    return _table().get(name)


def label_of(name: str) -> str:
    """What people call that kind, such as `Amazon SES`; the name itself where nobody knows it."""
    kind = find(name)
    return kind.label if kind else name


def validate(
    kind: str, channel: str, options: Mapping[str, Any], credentials: Mapping[str, Any]
) -> list[Problem]:
    """What is wrong with an account that shall be stored, as (JSON pointer, detail)."""
    found = find(kind)
    if found is None:
        return [("/kind", f"There is no provider {kind!r}; known are {', '.join(_table())}.")]
    problems = [
        *problems_of(found.options, options, "/options"),
        *problems_of(found.credentials, credentials, "/credentials"),
    ]
    if found.needs_one_of and not any(options.get(name) for name in found.needs_one_of):
        problems.append(("/options", f"One of {', '.join(found.needs_one_of)} is required."))
    if channel not in found.channels:
        served = ", ".join(found.channels)
        problems.insert(0, ("/channel", f"{found.label} serves {served}, not {channel}."))
    return problems


def driver(account: Account) -> Provider:
    """The account's driver, kept while the account stays as it is. Never raises.

    An account that cannot be used (unknown kind, sealed secrets, a missing package) gets a driver
    that refuses every message with the reason.
    """
    kept = _drivers.get(account.id)
    if kept is not None and (kept[0] is account or kept[0] == account):
        return kept[1]
    with _lock:
        return _replace(account)


def close_all() -> None:
    """Closes every driver that is kept."""
    with _lock:
        for _, provider in _drivers.values():
            provider.close()
        _drivers.clear()


def _replace(account: Account) -> Provider:
    kept = _drivers.get(account.id)
    if kept is not None and kept[0] == account:
        return kept[1]
    provider = _build(account)
    outdated = [_drivers.pop(account.id)] if kept is not None else []
    if len(_drivers) >= MOST_KEPT:
        outdated.append(_drivers.pop(next(iter(_drivers))))
    _drivers[account.id] = (account, provider)
    for _, old in outdated:
        old.close()
    return provider


def _build(account: Account) -> Provider:
    if account.problem:
        return BrokenAccount(account, account.problem)
    kind = find(account.kind)
    if kind is None:
        return BrokenAccount(account, f"No driver for the kind {account.kind!r} is installed.")
    try:
        provider: Provider = import_string(kind.driver)(account)
    except Exception as error:
        log.warning("account cannot be used", account=str(account.id), exc_info=error)
        return BrokenAccount(account, f"{type(error).__name__}: {error}")
    return provider


def _outside() -> list[Kind]:
    """The kinds of other packages; one that cannot be loaded is told in the log and left out."""
    found = []
    for point in entry_points(group=GROUP):
        try:
            found.append(_checked(point.load()))
        except Exception as error:
            log.error("provider kind cannot be loaded", entry_point=point.value, exc_info=error)
    return found


def _checked(kind: Any) -> Kind:
    if not isinstance(kind, Kind):
        raise TypeError(f"The entry point names a {type(kind).__name__}, not a Kind.")
    return kind
