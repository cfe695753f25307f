"""Notices, statistics, and the sandbox."""

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
STATISTICS = {
    "mode": "live",
    "by": "day",
    "begins": "2026-10-20T00:00:00Z",
    "ends": "2026-11-20T00:00:00Z",
    "results": [
        {
            "begins": "2026-11-19T00:00:00Z",
            "channel": "email",
            "provider": "smtp",
            "accepted": 1190,
            "sent": 1168,
            "delivered": 1102,
            "failed": 22,
            "success_rate": 0.9815,
            "latency_p50_ms": 412,
            "latency_p95_ms": 1893,
            "statuses": {
                "queued": 0,
                "sent": 66,
                "delivered": 1102,
                "skipped": 0,
                "failed": 3,
                "dead": 1,
                "bounced": 18,
                "unknown": 0,
                "cancelled": 0,
            },
            "error_classes": [{"error_class": "bad_address", "count": 20}],
        }
    ],
}

ANSWERS: Answers = {
    ("GET", "/notices"): page(NOTICE),
    ("GET", "/notices/{id}"): NOTICE,
    ("POST", "/notices/{id}/lift"): {
        **NOTICE,
        "lifted_at": CHANGED,
        "lifted_by": "key sb_live_3kQ9xT…",
    },
    ("GET", "/statistics"): STATISTICS,
    ("GET", "/sandbox/messages"): page(TAKEN),
}
