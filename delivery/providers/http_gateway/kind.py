"""An HTTP gateway as a kind of account."""

from collections.abc import Callable
from typing import Any

from delivery.providers.http_gateway.answer import rules_of
from delivery.providers.http_gateway.request import headers_of, place_of
from delivery.providers.kinds import Field, Kind, Type
from signalbus.core.errors import SignalbusError
from templates_app.engine import compile_template

METHODS = ("POST", "PUT", "PATCH", "GET")


def _by(read: Callable[[str], Any]) -> Callable[[Any], str]:
    """A check that says what the reader raises."""

    def check(value: Any) -> str:
        try:
            read(str(value))
        except (ValueError, SignalbusError) as error:
            return str(error)
        return ""

    return check


def _parse(text: str) -> None:
    compile_template(text, html=False)


def _address(text: str) -> None:
    place_of(text)
    _parse(text)


KIND = Kind(
    name="http",
    label="HTTP gateway",
    channels=("email", "sms"),
    driver="delivery.providers.http_gateway.driver.HttpGateway",
    options=(
        Field(
            name="url",
            label="Address",
            required=True,
            check=_by(_address),
            help="Such as https://gateway.example/send?to={{ to | url_encode }}.",
        ),
        Field(name="method", label="Method", choices=METHODS, help="POST if empty."),
        Field(
            name="headers",
            label="Headers",
            type=Type.LINES,
            check=_by(headers_of),
            help="One a line, such as Authorization: Bearer {{ secret.token }}.",
        ),
        Field(
            name="body",
            label="Body",
            type=Type.LINES,
            check=_by(_parse),
            help='Such as {"to": {{ to | json }}, "text": {{ text | json }}}.',
        ),
        Field(name="from", label="Sender", help="What the templates know as {{ from }}."),
        Field(
            name="reference",
            label="Where the reference is",
            help="In the JSON answer, such as /message/id; or header:X-Message-Id.",
        ),
        Field(
            name="errors",
            label="Rules for answers",
            type=Type.LINES,
            check=_by(rules_of),
            help="One a line, such as: 422 bad_address; or: /error/code=21211 bad_address.",
        ),
        Field(name="error_code", label="Where the error's code is", help="Such as /error/code."),
        Field(
            name="error_detail",
            label="Where the error's words are",
            help="Such as /error/message; else the answer's beginning is shown.",
        ),
        Field(
            name="timeout",
            label="Time-out",
            type=Type.NUMBER,
            most=120,
            help="Seconds; 15 if empty.",
        ),
    ),
    credentials=(
        Field(name="token", label="Token", help="What the templates know as secret.token."),
        Field(name="username", label="User", help="As secret.username."),
        Field(name="password", label="Password", help="As secret.password."),
    ),
)
