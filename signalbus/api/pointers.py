"""JSON pointers (RFC 6901)."""


def inside(pointer: str, step: str | int) -> str:
    """The pointer to a member or an item of what the given pointer names."""
    return f"{pointer}/{str(step).replace('~', '~0').replace('/', '~1')}"
