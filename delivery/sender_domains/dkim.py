"""DKIM (RFC 6376): the public keys that messages in the domain's name are signed with. Pure."""

import base64
import binascii

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from delivery.sender_domains.values import (
    Finding,
    Record,
    Sending,
    State,
    Texts,
    UnansweredError,
    tags_of,
    unknown,
)

CHECK = "dkim"
SHORTEST = 1024  # bits; RFC 8301, section 3.2
ED25519_BYTES = 32


def judge(sending: Sending, texts: Texts) -> list[Finding]:
    """One for each selector that the account names; else one for the first that is good."""
    if not sending.selectors:
        return [_where(sending)]
    found = [_judge(sending, selector, texts) for selector in sending.selectors]
    if sending.named:
        return found
    good = next((each for each in found if each.state is State.OK), None)
    other = next((each for each in found if each.state is not State.MISSING), None)
    return [good or other or _none(sending)]


def _judge(sending: Sending, selector: str, texts: Texts) -> Finding:
    name = _name(sending, selector)
    try:
        records = texts(name)
    except UnansweredError as error:
        return unknown(CHECK, name, error)
    if not records:
        return Finding(
            check=CHECK,
            name=name,
            state=State.MISSING,
            says=f"There is no key at {name}: publish what {sending.service} shows for it.",
            publish=_record(sending, selector),
        )
    wrong = _wrong(records)
    return Finding(
        check=CHECK,
        name=name,
        state=State.WRONG if wrong else State.OK,
        found=tuple(records),
        says=wrong or "The key is there, and can be read.",
        publish=_record(sending, selector) if wrong else None,
    )


def _wrong(records: list[str]) -> str:
    if len(records) > 1:
        return f"There are {len(records)} records; only one may be there."
    tags = tags_of(records[0])
    if tags.get("v", "DKIM1") != "DKIM1" or "p" not in tags:
        return "This is no DKIM record: it begins with v=DKIM1 and has a key, p=."
    if not tags["p"]:
        return "The key was revoked: p= is empty."
    return _wrong_key(tags.get("k", "rsa").lower(), tags["p"])


def _wrong_key(kind: str, text: str) -> str:
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
        if kind == "ed25519":
            return "" if len(content) == ED25519_BYTES else "The key is cut off, or not complete."
        key = load_der_public_key(content)
    except (binascii.Error, ValueError, UnsupportedAlgorithm):
        return "The key cannot be read: copy it again, all of it."
    if not isinstance(key, RSAPublicKey):
        return "The key is of a kind that receivers do not know."
    if key.key_size < SHORTEST:
        return f"The key has {key.key_size} bits; receivers want at least {SHORTEST}, better 2048."
    return ""


def _where(sending: Sending) -> Finding:
    return Finding(
        check=CHECK,
        name=f"…._domainkey.{sending.domain}",
        state=State.UNKNOWN,
        says=f"{sending.service} has a selector for each customer: give the account what stands "
        "before ._domainkey as the option dkim_selector.",
    )


def _none(sending: Sending) -> Finding:
    first, *others = sending.selectors
    looked = f" Looked for: {', '.join((first, *others))}." if others else ""
    return Finding(
        check=CHECK,
        name=_name(sending, first),
        state=State.MISSING,
        says=f"No key was found below _domainkey.{sending.domain}: publish what {sending.service} "
        f"shows for the domain, or give the account the option dkim_selector.{looked}",
        publish=_record(sending, first),
    )


def _record(sending: Sending, selector: str) -> Record:
    cname = dict(sending.cnames).get(selector, "")
    kind = "CNAME" if cname else "TXT"
    return Record(name=_name(sending, selector), type=kind, value=cname)


def _name(sending: Sending, selector: str) -> str:
    return f"{selector}._domainkey.{sending.domain}"
