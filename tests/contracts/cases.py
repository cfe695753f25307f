"""For every kind of account: a provider to talk to, and how it says what all of them can say."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from delivery.providers.account import Account
from delivery.providers.base import Message
from delivery.providers.email.esps import ESPS, Esp
from tests.contracts.make import make_account, make_message
from tests.contracts.stubs import Deed, HttpStub, http_stub, smtp_stub
from tests.payloads import Payload, payload

SENDER = "Acme <hello@acme.example>"
NOBODY_LISTENS = 9  # the discard port: closed on any machine of today
NO_PORT = {"port": NOBODY_LISTENS}


@dataclass
class Case:
    """A driver's account and a provider that can be told what to say.

    `taken` counts what arrived, `last` is the body of the request that arrived last.
    """

    account: Account
    channel: str
    say: Callable[[str], None]
    taken: Callable[[], int]
    to: dict[str, str] = field(default_factory=dict)
    last: Callable[[], str] = str
    stub: HttpStub | None = None

    def redirect(self) -> None:
        """Have the provider send every request on to another path of its own."""
        assert self.stub is not None
        self.stub.plan = Payload(status=302, headers={"Location": f"{self.stub.url}/elsewhere"})

    def message(self, word: str = "", **fields: Any) -> Message:
        """A message; of a provider that decides by address, to the one that has it say so."""
        address = {"to": self.to[word]} if word in self.to else {}
        return make_message(channel=self.channel, **{**address, **fields})


def _credentials(esp: Esp) -> dict[str, str]:
    return {each.name: "secret" for each in esp.credentials if each.required}


def _options(esp: Esp, url: str) -> dict[str, Any]:
    given: dict[str, Any] = {"from": SENDER}
    given |= {each.name: "x" for each in esp.options if each.required}
    given["endpoint_url" if esp.api_url is None else "api_url"] = url
    return given


def _esp_answers(esp: Esp) -> dict[str, Payload | Deed]:
    amazon = esp.name == "amazon_ses"
    name = "__type"
    return {
        "accepted": payload(f"esps/{esp.name}"),
        "busy": Payload(
            status=429,
            headers={"Retry-After": "2"},
            body={name: "TooManyRequestsException"} if amazon else {},
        ),
        "down": Payload(status=503, body={name: "ServiceUnavailable"} if amazon else {}),
        "our account": Payload(status=403, body={name: "AccessDenied"} if amazon else {}),
        "hang up": Deed.HANG_UP,
        "say nothing": Deed.SAY_NOTHING,
    }


TWILIO_ANSWERS: dict[str, Payload | Deed] = {
    "accepted": payload("twilio/accepted"),
    "busy": payload("twilio/too_many"),
    "down": payload("twilio/down"),
    "our account": payload("twilio/wrong_token"),
    "bad address": payload("twilio/invalid_number"),
    "hang up": Deed.HANG_UP,
    "say nothing": Deed.SAY_NOTHING,
}
SMTP_ANSWERS: dict[str, dict[str, Any]] = {
    "accepted": {},
    "busy": {"rcpt": "451 4.7.0 Too much at once, come back later"},
    "our account": {"mail": "550 5.7.60 Client does not have permissions to send as this sender"},
    "bad address": {"rcpt": "550 5.1.1 No such user here"},
    "hang up": {"data": Deed.HANG_UP},
    "say nothing": {"data": Deed.SAY_NOTHING},
}
SIMULATED = {
    "busy": "throttled@example.org",
    "down": "down@example.org",
    "bad address": "invalid@example.org",
    "hang up": "timeout@example.org",
}


def _esp(esp: Esp) -> Callable[[], AbstractContextManager[Case]]:
    @contextmanager
    def case() -> Iterator[Case]:
        answers = _esp_answers(esp)
        with http_stub() as stub:
            yield Case(
                account=make_account(
                    esp.name, options=_options(esp, stub.url), credentials=_credentials(esp)
                ),
                channel="email",
                say=lambda word: setattr(stub, "plan", answers[word]),
                taken=lambda: len(stub.taken),
                stub=stub,
                last=lambda: stub.taken[-1].body,
            )

    return case


@contextmanager
def _twilio() -> Iterator[Case]:
    with http_stub() as stub:
        yield Case(
            account=make_account(
                "twilio",
                "sms",
                options={"base_url": stub.url, "from": "+15557122661"},
                credentials={"account_sid": "AC1", "auth_token": "secret"},
            ),
            channel="sms",
            say=lambda word: setattr(stub, "plan", TWILIO_ANSWERS[word]),
            taken=lambda: len(stub.taken),
            stub=stub,
        )


@contextmanager
def _smtp() -> Iterator[Case]:
    with smtp_stub() as stub:

        def say(word: str) -> None:
            stub.mail, stub.rcpt, stub.data = "250 OK", "250 OK", "250 2.0.0 OK"
            for step, answer in SMTP_ANSWERS[word].items():
                setattr(stub, step, answer)

        options = {"host": "127.0.0.1", "port": stub.port, "tls": "none"}
        yield Case(
            account=make_account("smtp", options={**options, "from": SENDER, "helo": "tests"}),
            channel="email",
            say=say,
            taken=lambda: len(stub.taken),
        )


GATEWAY_ANSWERS: dict[str, Payload | Deed] = {
    "accepted": payload("gateway/accepted"),
    "busy": Payload(status=429, headers={"Retry-After": "2"}, body={"error": "slow down"}),
    "down": Payload(status=503, body="<html>maintenance</html>"),
    "our account": Payload(status=401, body={"error": "unknown key"}),
    "bad address": payload("gateway/unknown_number"),
    "hang up": Deed.HANG_UP,
    "say nothing": Deed.SAY_NOTHING,
}


@contextmanager
def _gateway() -> Iterator[Case]:
    with http_stub() as stub:
        options = {
            "url": f"{stub.url}/messages",
            "headers": "Authorization: Bearer {{ secret.token }}",
            "body": '{"to": {{ to | json }}, "text": {{ text | json }}}',
            "reference": "/message/id",
            "errors": "/error/code=unknown_number bad_address",
        }
        yield Case(
            account=make_account("http", "sms", options=options, credentials={"token": "secret"}),
            channel="sms",
            say=lambda word: setattr(stub, "plan", GATEWAY_ANSWERS[word]),
            taken=lambda: len(stub.taken),
            stub=stub,
            last=lambda: stub.taken[-1].body,
        )


@contextmanager
def _simulator() -> Iterator[Case]:
    yield Case(
        account=make_account("simulator"),
        channel="email",
        say=lambda _word: None,
        taken=lambda: 0,
        to=SIMULATED,
    )


CASES: dict[str, Callable[[], AbstractContextManager[Case]]] = {
    "simulator": _simulator,
    "smtp": _smtp,
    "twilio": _twilio,
    "http": _gateway,
    **{esp.name: _esp(esp) for esp in ESPS},
}
# What a provider has no way to say.
CANNOT_SAY = {
    "simulator": {"our account", "say nothing"},
    "smtp": {"down"},
    "twilio": set[str](),
    "http": set[str](),
}
ESPS_CANNOT_SAY = {"bad address"}  # each in its own words: tests/delivery/providers


def can_say(kind: str, word: str) -> bool:
    """Whether the case of that kind can be told to say it."""
    return word not in CANNOT_SAY.get(kind, ESPS_CANNOT_SAY)


def impatient(account: Account) -> Account:
    """The account with a short time-out."""
    return replace(account, options={**account.options, "timeout": 0.3})


def unreachable(account: Account) -> Account:
    """The account with an address where nobody listens."""
    nowhere = f"http://127.0.0.1:{NOBODY_LISTENS}"
    places = {"api_url": nowhere, "endpoint_url": nowhere, "base_url": nowhere, "url": nowhere}
    options = {name: places.get(name, value) for name, value in account.options.items()}
    return replace(account, options={**options, **NO_PORT} if "port" in options else options)
