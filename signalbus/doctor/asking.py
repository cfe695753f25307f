"""Asking an address of the installation's own over HTTP."""

import urllib.error
import urllib.request

SECONDS = 3.0


def status_of(address: str) -> int:
    """The status that is answered, of a refusal too. Raises OSError where nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - ours
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code
