"""Codes for somebody who has lost their authenticator: ten, each good once, known to them alone."""

import secrets
from base64 import b32encode
from hashlib import sha256

from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

CODES = 10
CODE_BYTES = 10  # 80 bits: what is stored of a code is no help to guess it
GROUP = 4
DIGEST_LENGTH = 16  # characters, as many as the table has room for


@transaction.atomic
def renew(user_id: int) -> list[str]:
    """Ten new codes, such as `k3vd-7q2m-…`; the former ones are good for nothing any more."""
    forget(user_id)
    device = StaticDevice.objects.create(user_id=user_id, name="recovery codes")
    codes = [b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower() for _ in range(CODES)]
    StaticToken.objects.bulk_create(
        StaticToken(device=device, token=_digest(user_id, code)) for code in codes
    )
    return [_in_groups(code) for code in codes]


@transaction.atomic
def use(user_id: int, code: str) -> StaticDevice | None:
    """What the code is of, if it is a good one; it is used up by this."""
    device = StaticDevice.objects.select_for_update().filter(user_id=user_id).first()
    if device is None or not device.verify_token(_digest(user_id, code)):
        return None
    return device


def left(user_id: int) -> int:
    """How many codes are still good."""
    return StaticToken.objects.filter(device__user_id=user_id).count()


def forget(user_id: int) -> None:
    """Take all codes of the user away."""
    StaticDevice.objects.filter(user_id=user_id).delete()


def _digest(user_id: int, code: str) -> str:
    return sha256(f"recovery code of {user_id}: {code}".encode()).hexdigest()[:DIGEST_LENGTH]


def _in_groups(code: str) -> str:
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))
