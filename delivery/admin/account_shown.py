"""What an account's page says of its options to those who may only look. Credentials are secret."""

from typing import Any

from delivery.admin.account_form import stored_credentials
from delivery.providers import registry
from signalbus.panels.words import facts

TITLE = "Options"
SHOWN = ("shown_options", "shown_credentials")


def options(row: Any) -> str:
    """The options that are set, as the form calls them."""
    labels = _labels(row, "options")
    return facts((labels.get(name, name), value) for name, value in row.options.items())


def credentials(row: Any) -> str:
    """Which credentials are stored, by name alone."""
    labels = _labels(row, "credentials")
    return ", ".join(labels.get(name, name) for name in stored_credentials(row)) or "-"


def _labels(row: Any, which: str) -> dict[str, str]:
    kind = registry.find(row.kind)
    return {field.name: field.label for field in getattr(kind, which, ())}
