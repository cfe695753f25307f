"""Hooks called as providers call them: recorded bodies, signed with keys of the tests' own."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from django.test import Client
from twilio.request_validator import RequestValidator

from delivery.receipts.addresses import hook_url
from tests.door import Answer

FOLDER = Path(__file__).parents[2] / "payloads" / "webhooks"
PASSWORD = "signalbus:long-and-random"
BASIC = "Basic " + base64.b64encode(PASSWORD.encode()).decode()
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
TOPIC = "arn:aws:sns:us-east-1:123456789012:signalbus"
CERTIFICATE_URL = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123.pem"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request to a hook."""

    body: bytes
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""

    def but(self, **headers: str) -> "Call":
        """The same with other headers; an empty one is left out."""
        given = {
            **self.headers,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return replace(self, headers={name: value for name, value in given.items() if value})


@dataclass(frozen=True, kw_only=True)
class Event:
    """A recorded event, and what is to come of it."""

    kind: str
    name: str
    body: Any
    expected: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.kind}-{self.name}"

    def about(self, *, delivery: UUID, attempt: UUID, tenant: int, reference: str) -> Any:
        """The body, telling of that attempt."""
        values = {"delivery": delivery, "attempt": attempt, "tenant": tenant}
        text = json.dumps(self.body)
        for name, value in {**values, "reference": reference}.items():
            text = text.replace(f"{{{name}}}", str(value))
        return json.loads(text)


def events() -> Iterator[Event]:
    """Every recorded event."""
    for path in sorted(FOLDER.glob("*.json")):
        for name, given in json.loads(path.read_text())["events"].items():
            yield Event(kind=path.stem, name=name, body=given.pop("body"), expected=given)


def event(kind: str, name: str) -> Event:
    """The recorded event of that name."""
    return next(each for each in events() if (each.kind, each.name) == (kind, name))


def post(kind: str, account: UUID, call: Call) -> Answer:
    """Calls the hook; an answer that is no JSON is left out."""
    client = Client(raise_request_exception=False, headers={"host": "hooks.example.org"})
    address = f"/hooks/{kind}/{account}" + (f"?{call.query}" if call.query else "")
    response = client.post(
        address, data=call.body, content_type=call.content_type, headers=dict(call.headers)
    )
    if "json" not in response.headers["Content-Type"]:
        response.content = b""
    return Answer(response)


# --- how each kind proves that it is itself: the account's options and credentials, and the request


@dataclass(frozen=True, kw_only=True)
class Proof:
    """`signed` makes a call of a body, to the account of that id."""

    credentials: Mapping[str, str]
    signed: Callable[[Any, UUID], Call]
    options: Mapping[str, str] = field(default_factory=dict)


def _dumped(body: Any) -> bytes:
    return json.dumps(body).encode()


def _with_password(body: Any, _account: UUID) -> Call:
    return Call(body=_dumped(body), headers={"Authorization": BASIC})


def _hmac(key: str, text: bytes, digest: Any = hashlib.sha256) -> bytes:
    return hmac.new(key.encode(), text, digest).digest()


def _mailgun(body: Any, _account: UUID) -> Call:
    return mailgun(body)


def mailgun(body: Any, *, age: int = 0) -> Call:
    """A call of Mailgun's, signed so many seconds ago."""
    token = hashlib.sha256(_dumped(body)).hexdigest()[:50]
    timestamp = str(int(time.time()) - age)
    signature = {
        "token": token,
        "timestamp": timestamp,
        "signature": _hmac("signing", f"{timestamp}{token}".encode()).hex(),
    }
    return Call(body=_dumped({"signature": signature, **body}))


def _in_header(header: str) -> Callable[[Any, UUID], Call]:
    def signed(body: Any, _account: UUID) -> Call:
        content = _dumped(body)
        return Call(body=content, headers={header: _hmac("signing", content).hex()})

    return signed


def _mandrill(body: Any, account: UUID) -> Call:
    events_ = json.dumps(body)
    text = f"{hook_url('mandrill', account)}mandrill_events{events_}".encode()
    signature = base64.b64encode(_hmac("signing", text, hashlib.sha1)).decode()
    return Call(
        body=urlencode({"mandrill_events": events_}).encode(),
        content_type=FORM,
        headers={"X-Mandrill-Signature": signature},
    )


def _postal(body: Any, _account: UUID) -> Call:
    content = _dumped(body)
    signature = RSA_KEY.sign(content, padding.PKCS1v15(), hashes.SHA1())
    return Call(body=content, headers={"X-Postal-Signature": base64.b64encode(signature).decode()})


def _resend(body: Any, _account: UUID) -> Call:
    content = _dumped(body)
    key = f"msg_{hashlib.sha256(content).hexdigest()[:20]}"
    now = str(int(time.time()))
    digest = hmac.new(b"signing", f"{key}.{now}.".encode() + content, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return Call(
        body=content,
        headers={"svix-id": key, "svix-timestamp": now, "svix-signature": signature},
    )


def _sendgrid(body: Any, _account: UUID) -> Call:
    content, now = _dumped(body), "1600112502"
    signature = EC_KEY.sign(now.encode() + content, ec.ECDSA(hashes.SHA256()))
    return Call(
        body=content,
        headers={
            "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
            "X-Twilio-Email-Event-Webhook-Timestamp": now,
        },
    )


def _unisender(body: Any, _account: UUID) -> Call:
    unsigned = json.dumps({**body, "auth": "key"})
    auth = hashlib.md5(unsigned.encode()).hexdigest()
    return Call(body=unsigned.replace('"auth": "key"', f'"auth": "{auth}"').encode())


def sns(message: Mapping[str, Any], *, key: rsa.RSAPrivateKey = RSA_KEY) -> Call:
    """A message of Amazon SNS, signed."""
    given = {
        "MessageId": str(uuid4()),
        "TopicArn": TOPIC,
        "Timestamp": "2026-11-20T17:58:59.675Z",
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE_URL,
        **message,
    }
    names = ("Message", "MessageId", "SubscribeURL", "Subject", "Timestamp", "Token")
    signed = [name for name in (*names, "TopicArn", "Type") if name in given]
    text = "".join(f"{name}\n{given[name]}\n" for name in signed)
    signature = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    content = {**given, "Signature": base64.b64encode(signature).decode()}
    return Call(
        body=_dumped(content),
        content_type="text/plain; charset=UTF-8",
        headers={
            "x-amz-sns-message-type": str(given["Type"]),
            "x-amz-sns-message-id": str(given["MessageId"]),
        },
    )


def _amazon(body: Any, _account: UUID) -> Call:
    key = hashlib.sha256(_dumped(body)).hexdigest()
    return sns({"Type": "Notification", "MessageId": key, "Message": json.dumps(body)})


def _twilio(body: Any, account: UUID) -> Call:
    url = hook_url("twilio", account)
    signature = RequestValidator("secret").compute_signature(url, body)
    return Call(
        body=urlencode(body).encode(),
        content_type=FORM,
        headers={"X-Twilio-Signature": signature},
    )


def _public(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return (
        key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def certificate() -> bytes:
    """A certificate of the key that the tests' Amazon signs with."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(RSA_KEY.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(RSA_KEY, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


PASSWORD_PROOF = Proof(credentials={"webhook_secret": PASSWORD}, signed=_with_password)
WHSEC = "whsec_" + base64.b64encode(b"signing").decode()
PROOFS: dict[str, Proof] = {
    "amazon_ses": Proof(credentials={}, options={"topic_arn": TOPIC}, signed=_amazon),
    "brevo": PASSWORD_PROOF,
    "mailersend": Proof(credentials={"signing_secret": "signing"}, signed=_in_header("Signature")),
    "mailgun": Proof(credentials={"webhook_signing_key": "signing"}, signed=_mailgun),
    "mailjet": PASSWORD_PROOF,
    "mailtrap": Proof(
        credentials={"tracking_secret": "signing"}, signed=_in_header("Mailtrap-Signature")
    ),
    "mandrill": Proof(credentials={"webhook_key": "signing"}, signed=_mandrill),
    "postal": Proof(credentials={"webhook_key": _public(RSA_KEY)}, signed=_postal),
    "postmark": PASSWORD_PROOF,
    "resend": Proof(credentials={"signing_secret": WHSEC}, signed=_resend),
    "sendgrid": Proof(
        credentials={"tracking_webhook_verification_key": _public(EC_KEY)}, signed=_sendgrid
    ),
    "sparkpost": PASSWORD_PROOF,
    "twilio": Proof(credentials={"account_sid": "AC1", "auth_token": "secret"}, signed=_twilio),
    "unisender_go": Proof(credentials={"api_key": "key"}, signed=_unisender),
}
# Where a proof stands in the request, to be spoilt or left out.
IN_HEADERS: dict[str, str] = {
    **dict.fromkeys(("brevo", "mailjet", "postmark", "sparkpost"), "Authorization"),
    "mailersend": "Signature",
    "mailtrap": "Mailtrap-Signature",
    "mandrill": "X-Mandrill-Signature",
    "postal": "X-Postal-Signature",
    "resend": "svix-signature",
    "sendgrid": "X-Twilio-Email-Event-Webhook-Signature",
    "twilio": "X-Twilio-Signature",
}
IN_BODY: dict[str, tuple[str, ...]] = {
    "amazon_ses": ("Signature",),
    "mailgun": ("signature", "signature"),
    "unisender_go": ("auth",),
}


def spoilt(kind: str, call: Call, *, missing: bool) -> Call:
    """The call with a wrong proof, or without one."""
    if kind in IN_HEADERS:
        name = IN_HEADERS[kind]
        wrong = "Basic d3Jvbmc6d3Jvbmc=" if name == "Authorization" else "d3Jvbmc="
        return call.but(**{name: "" if missing else wrong})
    body = json.loads(call.body)
    *path, last = IN_BODY[kind]
    place = body
    for name in path:
        place = place[name]
    if missing:
        del place[last]
    else:
        place[last] = "d3Jvbmc="
    return replace(call, body=_dumped(body))
