"""The audit log."""

from signalbus.api.example_answers.common import MADE, OTHER, Answers, page

ENTRY = {
    "id": 4711,
    "at": MADE,
    "act": "change",
    "actor": "key sb_live_3kQ9xT…",
    "owner": "olga",
    "kind": "policy",
    "object": OTHER,
    "name": "order.shipped",
    "detail": "",
    "changes": [{"field": "priority", "before": "normal", "after": "high"}],
    "address": "203.0.113.7",
    "request_id": "019a6c1f2b7e7d0a8c3f5e1d9b2a4c6e",
}
ANSWERS: Answers = {("GET", "/audit-log"): page(ENTRY)}
