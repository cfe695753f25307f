"""What the log keeps of values: secrets and people's data never stand in it as they are.

An entry cannot be deleted with the person it speaks of; so it must not name their address.
"""

from collections.abc import Mapping
from typing import Any

from django.apps import apps

from signalbus.core.crypto import SecretError
from signalbus.core.masking import mask_address
from signalbus.core.scrubbing import scrub_value
from tenants.audit.registry import Watched

SEALED = "sealed"
HIDDEN = "hidden"

Change = tuple[Any, Any]  # before and after; None where there was nothing, or is nothing


def shown_changes(label: str, watched: Watched, changes: Mapping[str, Any]) -> dict[str, Change]:
    """The changes as the log keeps them."""
    return {
        _name(field): (_shown(watched, field, before), _shown(watched, field, after))
        for field, (before, after) in changes.items()
        if not (field == SEALED and _is_same_secret(label, before, after))
    }


def _name(field: str) -> str:
    return "credentials" if field == SEALED else field


def _shown(watched: Watched, field: str, value: Any) -> Any:
    if value in (None, "", [], {}):
        return value
    if field in watched.hidden:
        return HIDDEN
    if field in watched.masked:
        return mask_address(str(value))
    return scrub_value("", value) if field in watched.scrubbed else value


def _is_same_secret(label: str, before: Any, after: Any) -> bool:
    """Whether it was only sealed anew: that gives another text each time."""
    model: Any = apps.get_model(label)
    try:
        return bool(model(sealed=before or "").credentials == model(sealed=after or "").credentials)
    except SecretError:
        return False
