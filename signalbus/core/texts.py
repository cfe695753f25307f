"""Texts that come from outside, as PostgreSQL takes them. Pure."""


def storable(text: str) -> str:
    """The text without what PostgreSQL does not take: NUL, and halves of characters."""
    whole = text if text.isascii() else text.encode("utf-8", "replace").decode()
    return whole.replace("\0", "")
