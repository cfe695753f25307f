"""Mailgun, whose signature is of a moment and a token only, and says nothing of the content.

So a request is taken only for as long as Mailgun itself repeats one, and a token proves the first
content that came with it and no other. What it repeats has the moment and the token of the first
time, so a shorter time would lose what came while nobody answered. Sources:
https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks and
…/webhook-retries; for what is repeated, https://github.com/PostHog/posthog/pull/103057.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from anymail.signals import AnymailTrackingEvent
from django.http import HttpRequest, QueryDict

from delivery.receipts.readers import proofs
from delivery.receipts.readers.base import JSON, Once, Read, unproven
from delivery.receipts.readers.esp import EspReader

SECONDS_OLD = 8 * 3600  # so long Mailgun repeats a request
SECONDS_OFF = 300  # what clocks may differ by
SIGNING = frozenset({"signature", "timestamp", "token"})


class MailgunReader(EspReader):
    """Takes what is signed and not old. The signature is not kept with the receipt."""

    def read(self, request: HttpRequest) -> Read:
        read = super().read(request)
        given = _signing(request)
        # Both are signed as one text, so it does not matter where one ends.
        token = f"{given['timestamp']}{given['token']}"
        return replace(read, once=Once(token=token, digest=_digest(request)))

    def check(self, view: Any, request: HttpRequest) -> None:
        super().check(view, request)
        seconds = proofs.seconds(str(_signing(request)["timestamp"]))
        age = None if seconds is None else time.time() - seconds
        if age is None or not -SECONDS_OFF <= age <= SECONDS_OLD + SECONDS_OFF:
            raise unproven("The signature of the request is too old, or of a time to come.")

    def sorted(self, events: Sequence[Any]) -> Read:
        for event in events:
            if isinstance(event, AnymailTrackingEvent):
                event.esp_event = _unsigned(event.esp_event)
        return super().sorted(events)


def _signing(request: HttpRequest) -> Mapping[str, Any]:
    """What the signature is of; asked for once that has been found right."""
    if request.content_type != JSON:
        return request.POST
    signing: Mapping[str, Any] = json.loads(request.body)["signature"]
    return signing


def _digest(request: HttpRequest) -> str:
    """The same for each repetition, though forms are divided by something new each time."""
    boundary = (request.content_params or {}).get("boundary", "")
    content = request.body.replace(boundary.encode(), b"") if boundary else request.body
    return sha256(content).hexdigest()


def _unsigned(raw: Any) -> Any:
    given = raw.dict() if isinstance(raw, QueryDict) else raw
    if not isinstance(given, Mapping):
        return raw
    return {name: value for name, value in given.items() if name not in SIGNING}
