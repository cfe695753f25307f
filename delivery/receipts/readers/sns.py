"""Messages of Amazon SNS: whether Amazon signed them, and how a subscription is confirmed.

Source: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html. Only
addresses of SNS itself are ever called, whatever the message names.
"""

import base64
import re
from collections.abc import Mapping
from typing import Any

import msgspec
import requests
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate

from delivery.receipts.readers.base import unproven
from signalbus.api.problems import Problem
from signalbus.core.timed_cache import TimedCache

CONFIRMATION = "SubscriptionConfirmation"
# The region has to be one, for a bucket of anybody may be called sns: sns.s3-us-west-2….
ORIGIN = r"https://sns\.[a-z]{2}(-[a-z]+)+-[0-9]+\.amazonaws\.com(\.cn)?"
CALLED = {
    "SigningCertURL": re.compile(ORIGIN + r"/SimpleNotificationService-[0-9A-Za-z]+\.pem"),
    "SubscribeURL": re.compile(ORIGIN + r"/[!-~]*"),
}
HASHES: dict[str, type[hashes.HashAlgorithm]] = {"1": hashes.SHA1, "2": hashes.SHA256}
OF_NOTIFICATION = ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type")
OF_SUBSCRIPTION = (
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
)
SECONDS = 5.0  # SNS itself waits 15
KEY_SECONDS = 24 * 3600.0

Message = Mapping[str, Any]
_keys: TimedCache[str, RSAPublicKey] = TimedCache(seconds=KEY_SECONDS, size=100)


def message_of(body: bytes) -> Message:
    """The message in a request's body. Raises Problem where there is none."""
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise unproven("This is no message of Amazon SNS.") from error


def check(message: Message, topic: str) -> None:
    """Raise Problem unless Amazon signed it, and for that topic if one is named."""
    if topic and message.get("TopicArn") != topic:
        raise unproven(f"This is not of the topic {topic}, which the account has as `topic_arn`.")
    version = str(message.get("SignatureVersion"))
    if version not in HASHES:
        raise unproven("The message has no signature of version 1 or 2.")
    key = _keys.get(_called(message, "SigningCertURL"), lambda: _fetched_key(message))
    try:
        signature = base64.b64decode(str(message.get("Signature")), validate=True)
        key.verify(signature, _signed(message), PKCS1v15(), HASHES[version]())
    except (ValueError, InvalidSignature) as error:
        raise unproven("The signature of the message of Amazon SNS is not valid.") from error


def confirm(message: Message) -> None:
    """Take part in the topic, as the message offers. Raises Problem where SNS is not reached."""
    fetch(_called(message, "SubscribeURL"))


def fetch(url: str) -> bytes:
    """What SNS has at an address of its own."""
    try:
        answer = requests.get(url, timeout=SECONDS, allow_redirects=False)
        answer.raise_for_status()
    except requests.RequestException as error:
        raise Problem("unavailable", "Amazon SNS was not reached; repeat the message.") from error
    return answer.content


def _called(message: Message, name: str) -> str:
    """An address in the message, if it is SNS's own."""
    url = str(message.get(name, ""))
    if not CALLED[name].fullmatch(url):
        raise unproven(f"The message's {name} is not an address of Amazon SNS.")
    return url


def _fetched_key(message: Message) -> RSAPublicKey:
    try:
        key = load_pem_x509_certificate(fetch(_called(message, "SigningCertURL"))).public_key()
    except ValueError as error:
        raise unproven("The message's SigningCertURL names no certificate.") from error
    if not isinstance(key, RSAPublicKey):
        raise unproven("The message's certificate is not one of Amazon SNS.")
    return key


def _signed(message: Message) -> bytes:
    """The text that the signature is of: names and values in turn, a line each."""
    names = OF_NOTIFICATION if message.get("Type") == "Notification" else OF_SUBSCRIPTION
    present = [(name, message[name]) for name in names if message.get(name) is not None]
    return "".join(f"{name}\n{value}\n" for name, value in present).encode()
