"""What an account's page says of its receipts: the address, what to set, and whether any came."""

from typing import Any

from delivery.providers import registry
from delivery.providers.kinds import Hook
from delivery.receipts import addresses
from delivery.receipts.readers.base import INBOUND
from signalbus.core.errors import SignalbusError
from signalbus.panels.words import ago, code, two_lines
from tenants import doors

TITLE = "Receipts: what the provider tells later"
SHOWN = ("hook_address", "hook_setup", "hook_proof", "last_receipt")
FOR_INBOUND = "For what people send, if you want it: the same with ?"
NOT_PUBLIC = (
    "This is no public address: the provider reaches it only once SIGNALBUS_HOOKS_URL names one."
)


def hook_of(row: Any) -> Hook | None:
    """How the account's receipts come in; None where its provider tells nothing."""
    kind = registry.find(row.kind) if row else None
    return kind.hook if kind else None


def address(row: Any) -> str:
    """The address to enter at the provider."""
    hook = hook_of(row)
    inbound = f"{FOR_INBOUND}{INBOUND}=1." if hook and hook.inbound_proofs else ""
    notes = [NOT_PUBLIC] if not addresses.is_public() else []
    url = addresses.hook_url(row.kind, row.id)
    return two_lines(code(url), " ".join([inbound, *notes]).strip())


def proof(row: Any) -> str:
    """Whether receipts can be told from forgeries, and what is missing if not."""
    hook = hook_of(row)
    if hook is None:
        return "-"
    has = {**row.options, **_credentials(row)}
    if any(has.get(name) for name in hook.proofs):
        return "Receipts are checked."
    return f"Receipts are refused until {_named(row, hook)} is filled in above."


def last_receipt(row: Any) -> str:
    """When the provider has called last."""
    return ago(doors.last_receipts([row.id]).get(row.id), "None yet")


def _named(row: Any, hook: Hook) -> str:
    kind = registry.find(row.kind)
    fields = (*kind.options, *kind.credentials) if kind else ()
    return " or ".join(field.label for field in fields if field.name in hook.proofs)


def _credentials(row: Any) -> dict[str, Any]:
    try:
        return dict(row.credentials)
    except SignalbusError:
        return {}
