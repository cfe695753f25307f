"""Checks of the secret key and of the key ring. No message repeats a secret."""

from collections.abc import Iterator

from django.conf import settings
from django.core.checks import CheckMessage

from signalbus.checks.words import doubtful, wrong
from signalbus.core.crypto import LONGEST_ID, KeyRing, SecretError

SECRET = "SIGNALBUS_SECRET_KEY"  # noqa: S105 - the name
KEY_RING = "SIGNALBUS_ENCRYPTION_KEYS"
SHORTEST, SHORT = 32, 50  # characters; the longer one is what Django advises
FEWEST_DIFFERENT = 5  # as Django's security.W009
NEW_TEXT = 'python -c "import secrets; print(secrets.token_urlsafe(50))"'
NEW_KEY = (
    "python -c \"import base64, os; print('k1:' + base64.b64encode(os.urandom(32)).decode())\""
)


def check_secret_key() -> Iterator[CheckMessage]:
    """Log-ins are signed with it: one that can be guessed opens every console."""
    key, remedy = settings.SECRET_KEY, f"Make one: {NEW_TEXT}"
    if len(key) < SHORTEST:
        yield wrong(SECRET, f"has {len(key)} characters, fewer than {SHORTEST}.", remedy)
    elif len(set(key)) < FEWEST_DIFFERENT:
        yield wrong(SECRET, "consists of the same few characters.", remedy)
    elif len(key) < SHORT:
        yield doubtful(SECRET, f"has {len(key)} characters; {SHORT} are advised.", remedy)


def check_key_ring() -> Iterator[CheckMessage]:
    """Credentials of providers are stored under it."""
    if not settings.ENCRYPTION_KEYS:
        what = "is empty: no credentials of providers can be stored."
        yield doubtful(KEY_RING, what, f"Make one, and keep it safe: {NEW_KEY}")
        return
    ids = [entry.partition(":")[0] for entry in settings.ENCRYPTION_KEYS]
    yield from _doubles(ids)
    yield from _long(ids)
    try:
        KeyRing.parse(settings.ENCRYPTION_KEYS)
    except SecretError as error:
        remedy = f"Write id:base64 of 32 bytes, the newest first, with commas. Make one: {NEW_KEY}"
        yield wrong(KEY_RING, f"cannot be read: {error}", remedy)


def _doubles(ids: list[str]) -> Iterator[CheckMessage]:
    twice = sorted({each for each in ids if ids.count(each) > 1})
    if twice:
        what = f"has the id {twice[0]!r} more than once: only the last of them would open anything."
        yield wrong(KEY_RING, what, "Give each key an id of its own, and never change it.")


def _long(ids: list[str]) -> Iterator[CheckMessage]:
    """Only the first key writes: one that is too long may stay behind it for what it sealed."""
    remedy = f"Put a key with an id of at most {LONGEST_ID} characters in front of it."
    for place, name in enumerate(ids):
        if len(name) > LONGEST_ID:
            what = f"has the id {name!r} of {len(name)} characters: no second factor fits under it."
            yield doubtful(KEY_RING, what, remedy) if place else wrong(KEY_RING, what, remedy)
