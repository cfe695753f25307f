"""The key ring: what of all that is sealed it opens, and what still needs an older key."""

from collections.abc import Iterator

from signalbus.doctor.findings import Finding, counted, fail, ok, some, warn
from signalbus.resealing import Opens, opens, secrets

MISSING = "Put the missing key back into SIGNALBUS_ENCRYPTION_KEYS, behind the newest one."


def probe() -> Iterator[Finding]:
    """Credentials of accounts, second factors, and answers that are kept for repeated requests."""
    found = [(opens(secret), secret.name) for secret in secrets()]
    if closed := [name for by, name in found if by is Opens.NONE]:
        yield fail(f"No key of the ring opens {some(closed)}.", MISSING)
    if old := [name for by, name in found if by is Opens.OLDER]:
        says = f"Only an older key of the ring opens {counted(len(old), 'secret')}: {some(old)}."
        yield warn(says, "Run manage.py reseal_secrets before that key is taken away.")
    if not closed and not old:
        yield ok(f"The newest key opens {counted(len(found), 'secret')}, which is all of them.")
