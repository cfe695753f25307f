"""Policies."""

from signalbus.api.example_answers.common import CHANGED, MADE, OTHER, Answers, page

POLICY = {
    "id": OTHER,
    "topic": "invoice.ready",
    "description": "",
    "priority": "normal",
    "enabled": True,
    "channels": [
        {"channel": "email", "template": "order-shipped", "fallback": False},
        {"channel": "sms", "template": "order-shipped", "fallback": True},
    ],
    "retry": {"tries": 5, "deadline": 3600.0},
    "watch_seconds": 300,
    "overrides": ["hard_bounce"],
    "created_at": MADE,
    "updated_at": MADE,
}
SHIPPED = {
    **POLICY,
    "topic": "order.shipped",
    "description": "An order is on its way. Needs order.",
    "channels": [
        {"channel": "email", "template": "order-shipped", "fallback": False},
        {"channel": "sms", "template": "order-shipped", "fallback": False},
    ],
    "retry": {},
    "watch_seconds": None,
    "overrides": [],
}

ANSWERS: Answers = {
    ("GET", "/policies"): page(SHIPPED),
    ("POST", "/policies"): POLICY,
    ("GET", "/policies/{topic}"): POLICY,
    ("PATCH", "/policies/{topic}"): {**POLICY, "priority": "high", "updated_at": CHANGED},
}
