"""The addresses that providers call, as they see them."""

from uuid import UUID

from django.conf import settings

from delivery.providers.account import Account

CALLBACKS = "callbacks"  # the option by which an account decides otherwise


def hook_url(kind: str, account: UUID) -> str:
    """Where the provider of that account is to send its receipts."""
    base = (settings.HOOKS_URL or settings.BASE_URL).rstrip("/")
    return f"{base}/hooks/{kind}/{account}"


def is_public() -> bool:
    """Whether providers can probably reach it: an address was set for them, or it is HTTPS."""
    return bool(settings.HOOKS_URL) or settings.BASE_URL.startswith("https://")


def asks_for_callbacks(account: Account) -> bool:
    """Whether messages name the address that their receipts are to go to.

    A provider that cannot reach the address may refuse the message for it.
    """
    chosen = account.options.get(CALLBACKS)
    return is_public() if chosen is None else bool(chosen)
