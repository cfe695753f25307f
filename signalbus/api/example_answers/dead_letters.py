"""What gave up."""

from signalbus.api.example_answers.common import (
    CHANGED,
    LOOK_AT_THE_PROVIDER,
    MADE,
    MAIL,
    NOTIFICATION,
    OTHER,
    REFUSED,
    Answers,
    page,
)

LETTER = {
    "id": OTHER,
    "notification": NOTIFICATION,
    "delivery": MAIL,
    "channel": "email",
    "topic": "order.shipped",
    "provider": "smtp",
    "error_class": "provider_down",
    "code": "451",
    "reason": "4.3.0 Temporarily out of order",
    "advice": LOOK_AT_THE_PROVIDER,
    "attempts": 8,
    "created_at": MADE,
    "acknowledged_at": None,
    "acknowledged_by": None,
    "history": [REFUSED],
}

ANSWERS: Answers = {
    ("GET", "/dead-letters"): page(LETTER),
    ("POST", "/dead-letters/acknowledge"): {"count": 37},
    ("POST", "/dead-letters/{id}/acknowledge"): {
        **LETTER,
        "acknowledged_at": CHANGED,
        "acknowledged_by": "key sb_live_3kQ9xT…",
    },
}
