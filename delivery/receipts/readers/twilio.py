"""Twilio's status callbacks, and the messages that people send to its numbers.

Sources: https://www.twilio.com/docs/messaging/guides/track-outbound-message-status,
https://www.twilio.com/docs/messaging/guides/webhook-request and
https://www.twilio.com/docs/usage/webhooks/webhooks-security.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar

from django.http import HttpRequest, QueryDict
from twilio.request_validator import (
    SIGNATURE_HEADER,
    SIGNATURE_SETTINGS_HEADER,
    RequestValidator,
    get_signature_algorithm,
)

from delivery.errors import ErrorClass
from delivery.providers.twilio.codes import BY_CODE, DELIVERED
from delivery.receipts import handback
from delivery.receipts.events import EventKind, Inbound, ReceiptEvent
from delivery.receipts.readers import proofs
from delivery.receipts.readers.base import Read, Reader, unproven, unreadable
from signalbus.bus.streams import Channel

# Statuses after which nothing more comes; of the others, nothing follows.
LOST = frozenset({"failed", "undelivered", "canceled"})
Form = Mapping[str, str]
OWN_TOKEN = "webhook_auth_token"  # noqa: S105 - a name


class TwilioReader(Reader):
    """One message a request, signed with the account's auth token over address and form."""

    answer: ClassVar[tuple[str, bytes]] = ("text/xml", b"<Response/>")

    def read(self, request: HttpRequest) -> Read:
        self._check(request)
        form = {name: str(value) for name, value in request.POST.items()}
        if not form.get("MessageSid"):
            raise unreadable("The request names no message: MessageSid is missing.")
        if "MessageStatus" in form:
            return self._status(form, request.GET)
        return Read(inbound=[self._message(form)])

    def _check(self, request: HttpRequest) -> None:
        signature = request.headers.get(SIGNATURE_HEADER, "")
        algorithm = get_signature_algorithm(request.headers.get(SIGNATURE_SETTINGS_HEADER, ""))
        validator = RequestValidator(self._token())
        if not validator.validate(self._address(request), request.POST, signature, algorithm):
            raise unproven(
                f"{SIGNATURE_HEADER} is missing or not valid for {self.url}: Twilio has to call "
                "just this address, and the account needs the auth token that Twilio signs with."
            )

    def _token(self) -> str:
        """The secret of an API key signs no callbacks."""
        if self.account.problem:
            raise unproven(self.account.problem)
        own = proofs.given(self.account, OWN_TOKEN)
        if not own and proofs.given(self.account, "api_key"):
            raise unproven(
                f"The account {self.account.name!r} sends with an API key, but Twilio signs with "
                f"the auth token: give it to the account as `{OWN_TOKEN}`."
            )
        return own or proofs.given(self.account, "auth_token")

    def _address(self, request: HttpRequest) -> str:
        """As Twilio called it, whatever a proxy made of it."""
        query = request.META.get("QUERY_STRING", "")
        return f"{self.url}?{query}" if query else self.url

    def _status(self, form: Form, query: QueryDict) -> Read:
        status = form["MessageStatus"]
        if status not in DELIVERED and status not in LOST:
            return Read(ignored=[status])
        return Read(receipts=[_receipt(form, handback.of_query(query.dict()))])

    def _message(self, form: Form) -> Inbound:
        return Inbound(
            account=self.account.id,
            kind=self.account.kind,
            tenant_id=self.tenant_id,
            channel=Channel.SMS,
            event_id=form["MessageSid"],
            from_=form.get("From", ""),
            to=form.get("To", ""),
            received_at=datetime.now(UTC),
            text=form.get("Body", ""),
            raw=form,
        )


def _receipt(form: Form, ids: handback.HandedBack) -> ReceiptEvent:
    status, sid, code = form["MessageStatus"], form["MessageSid"], form.get("ErrorCode", "")
    error_class = None if status in DELIVERED else _class_of(code)
    return ReceiptEvent(
        event_id=f"{sid}:{status}",
        kind=_kind(error_class),
        # What carriers say (RawDlrDoneDate) is in a time zone that nobody names.
        occurred_at=datetime.now(UTC),
        delivery=ids.delivery,
        attempt=ids.attempt,
        tenant_id=ids.tenant_id,
        reference=sid,
        error_class=error_class or "",
        code=code,
        detail=_detail(status, form) if error_class else "",
        raw=form,
    )


def _class_of(code: str) -> ErrorClass:
    known = BY_CODE.get(int(code)) if code.isascii() and code.isdigit() else None
    return known or ErrorClass.CONTENT_REFUSED


def _kind(error_class: ErrorClass | None) -> EventKind:
    if error_class is None:
        return EventKind.DELIVERED
    return EventKind.BOUNCED if error_class is ErrorClass.BAD_ADDRESS else EventKind.FAILED


def _detail(status: str, form: Form) -> str:
    words = form.get("ErrorMessage", "")
    return f"Twilio has the message as {status}. {words}".strip()
