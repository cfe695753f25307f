"""What several examples are made of."""

from typing import Any

Answers = dict[tuple[str, str], Any]
OtherAnswers = dict[tuple[str, str, int], Any]
MADE = "2026-11-20T18:00:00.120Z"
CHANGED = "2026-11-20T18:00:01.480Z"
NOTIFICATION = "019aa264-7c18-7d3e-b0f5-2f6e8c1d4a01"
MAIL = "019aa264-7c18-7d3e-b0f5-2f6e8c1d4a02"
MESSAGE = "019aa264-7c18-7d3e-b0f5-2f6e8c1d4a03"
ATTEMPT = "019aa264-7d02-7a11-9c40-5b1f0a7e3c04"
BATCH = "019aa264-7c18-7d3e-b0f5-2f6e8c1d4a05"
VERSION = "019aa263-11f0-7b6c-8a52-0c9d7e4f1b06"
OTHER = "019aa263-11f0-7b6c-8a52-0c9d7e4f1b07"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def page(*rows: Any) -> dict[str, Any]:
    """A page of which there is no other."""
    return {"results": list(rows), "next": None, "previous": None}


def delivery(key: str, channel: str, to: str, **more: Any) -> dict[str, Any]:
    """A delivery that is in the line."""
    return {
        "id": key,
        "channel": channel,
        "status": "queued",
        "reason": None,
        "to": to,
        "available_at": MADE,
        **more,
    }


ASKED = {
    "id": NOTIFICATION,
    "topic": "order.shipped",
    "status": "queued",
    "recipient": "user-42",
    "created_at": MADE,
    "correlation_id": None,
    "trace_id": TRACE,
    "deliveries": [
        delivery(MAIL, "email", "a**@example.org"),
        delivery(MESSAGE, "sms", "********5678"),
    ],
}
LOOK_AT_THE_PROVIDER = (
    "Check the account's host, port and network and the provider's status page, "
    "and redrive once it works again."
)
TRIED = {
    "id": ATTEMPT,
    "delivery": MAIL,
    "number": 1,
    "provider": "smtp",
    "outcome": "accepted",
    "error_class": None,
    "code": "250",
    "detail": "2.0.0 Ok: queued as 4F2A1",
    "advice": None,
    "reference": "<019aa264@shop.example>",
    "possibly_repeated": False,
    "started_at": MADE,
    "duration_ms": 84,
}
REFUSED = {
    **TRIED,
    "outcome": "refused",
    "error_class": "provider_down",
    "code": "451",
    "detail": "4.3.0 Temporarily out of order",
    "advice": LOOK_AT_THE_PROVIDER,
    "reference": None,
}
