"""Notices, and the sandbox."""

from signalbus.api.example_answers.common import (
    CHANGED,
    MADE,
    MAIL,
    NOTIFICATION,
    OTHER,
    Answers,
    page,
)

TAKEN = {
    "id": OTHER,
    "notification": NOTIFICATION,
    "delivery": MAIL,
    "channel": "email",
    "to": "ana@example.org",
    "sender": "shop@example.org",
    "subject": "Your order A-1001 is on its way",
    "text": "Hello Ana,\n\nYour order A-1001 has left our warehouse.",
    "html": "",
    "headers": {"Message-ID": "<019aa264@shop.example>"},
    "created_at": MADE,
}
NOTICE = {
    "id": OTHER,
    "kind": "bounces",
    "subject": "email.bulk",
    "severity": "stopped",
    "text": "104 of 1000 e-mails bounced for good (10.4 %). The bulk lane of e-mail stands still "
    "until this notice is lifted. Find out where these addresses came from, and send to none that "
    "nobody confirmed.",
    "opened_at": MADE,
    "lifted_at": None,
    "lifted_by": None,
}

ANSWERS: Answers = {
    ("GET", "/notices"): page(NOTICE),
    ("GET", "/notices/{id}"): NOTICE,
    ("POST", "/notices/{id}/lift"): {
        **NOTICE,
        "lifted_at": CHANGED,
        "lifted_by": "key sb_live_3kQ9xT…",
    },
    ("GET", "/sandbox/messages"): page(TAKEN),
}
