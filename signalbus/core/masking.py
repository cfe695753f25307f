"""Personal data made unreadable but recognisable, for answers and logs."""

KEPT_DIGITS = 4


def mask_address(address: str) -> str:
    """An address with its middle hidden: `ana@example.org` → `a**@example.org`.

    Of a phone number or token the last four characters stay: `+33612345678` → `********5678`.
    """
    local, at, domain = address.rpartition("@")
    if at:
        return f"{local[:1]}{'*' * max(len(local) - 1, 2)}@{domain}"
    return "*" * max(len(address) - KEPT_DIGITS, 2) + address[-KEPT_DIGITS:]
