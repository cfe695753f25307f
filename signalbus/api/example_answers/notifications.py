"""What became of a notification, and what is done to it."""

from typing import Any

from signalbus.api.example_answers.common import (
    ASKED,
    ATTEMPT,
    CHANGED,
    MADE,
    MAIL,
    MESSAGE,
    NOTIFICATION,
    TRIED,
    Answers,
    delivery,
    page,
)

ARRIVED: dict[str, Any] = {"status": "delivered", "available_at": None}
ENDED: dict[str, Any] = {"status": "sent", "available_at": None}
LINE = {
    "at": MADE,
    "event": "accepted",
    "channel": None,
    "delivery": None,
    "attempt": None,
    "provider": None,
    "code": None,
    "detail": None,
    "duration_ms": None,
}
SENT = {
    **LINE,
    "at": CHANGED,
    "event": "sent",
    "channel": "email",
    "delivery": MAIL,
    "attempt": ATTEMPT,
    "provider": "smtp",
    "code": "250",
    "detail": "2.0.0 Ok: queued as 4F2A1",
    "duration_ms": 84,
}
SAID = {
    "delivery": MAIL,
    "channel": "email",
    "locale": "en",
    "subject": "Your order A-1001 is on its way",
    "text": "Hello Ana,\n\nYour order A-1001 has left our warehouse.",
    "html": "",
    "error": None,
}
STORY = {
    **ASKED,
    "status": "sent",
    "deliveries": [
        delivery(MAIL, "email", "a**@example.org", **ENDED),
        delivery(MESSAGE, "sms", "********5678", **ENDED, fallback_of=MAIL),
    ],
    "timeline": [LINE, SENT],
    "attempts": [TRIED],
    "receipts": [],
    "content": [SAID],
}

ANSWERS: Answers = {
    ("GET", "/notifications"): page(ASKED),
    ("GET", "/notifications/{id}"): STORY,
    ("POST", "/notifications/{id}/cancel"): {
        **ASKED,
        "status": "cancelled",
        "deliveries": [
            delivery(MAIL, "email", "a**@example.org", status="cancelled", available_at=None)
        ],
    },
    ("POST", "/notifications/{id}/redrive"): {
        "id": NOTIFICATION,
        "count": 1,
        "status": "queued",
        "left": [],
    },
    ("POST", "/notifications/{id}/settle"): {
        **ASKED,
        "status": "delivered",
        "deliveries": [delivery(MAIL, "email", "a**@example.org", **ARRIVED)],
    },
}
