"""What the examples are answered; the document shows it, and a test compares it with the truth."""

from typing import Any

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
BY_MAIL = [delivery(MAIL, "email", "a**@example.org")]
DIRECT = {**ASKED, "topic": None, "recipient": None, "deliveries": BY_MAIL}
RESULT = {"index": 0, **ASKED, "status": 202}
SKIPPED = {"id": OTHER, "channel": "email", "status": "skipped", "reason": "no_contact"}
NEXT = {
    **RESULT,
    "index": 1,
    "id": OTHER,
    "recipient": "user-43",
    "deliveries": [SKIPPED, delivery(MESSAGE, "sms", "********5678")],
}
TEXTED = {
    **RESULT,
    "index": 1,
    "id": OTHER,
    "topic": None,
    "recipient": None,
    "deliveries": [delivery(MESSAGE, "sms", "********5678")],
}
LOOK_AT_THE_PROVIDER = (
    "Check the account's host, port and network and the provider's status page, "
    "and redrive once it works again."
)
ARRIVED: dict[str, Any] = {"status": "delivered", "available_at": None}
ENDED: dict[str, Any] = {"status": "sent", "available_at": None}
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
    "deliveries": [delivery(MAIL, "email", "a**@example.org", **ENDED)],
    "timeline": [LINE, SENT],
    "attempts": [TRIED],
    "receipts": [],
    "content": [SAID],
}
LETTER = {
    "id": OTHER,
    "notification": NOTIFICATION,
    "delivery": MAIL,
    "channel": "email",
    "topic": "order.shipped",
    "provider": "smtp",
    "error_class": "provider_down",
    "reason": "4.3.0 Temporarily out of order",
    "advice": LOOK_AT_THE_PROVIDER,
    "attempts": 8,
    "created_at": MADE,
    "acknowledged_at": None,
    "acknowledged_by": None,
    "history": [REFUSED],
}
REDRIVE = {
    "id": OTHER,
    "dry_run": False,
    "count": 1200,
    "status": "running",
    "done": 450,
    "waiting": 750,
    "stopped": 0,
    "filter": {"channel": "email", "error_class": "provider_down"},
    "rate_per_second": 50.0,
    "account": None,
    "actor": "key sb_live_3kQ9xT…",
    "created_at": MADE,
    "stopped_at": None,
    "stopped_by": None,
}
STOPPED = {
    **REDRIVE,
    "status": "stopped",
    "waiting": 3,
    "stopped": 747,
    "stopped_at": CHANGED,
    "stopped_by": "key sb_live_3kQ9xT…",
}
CURRENT = {"id": VERSION, "channel": "email", "locale": "en", "number": 1, "required": ["order"]}
TEMPLATE = {
    "id": OTHER,
    "name": "order-on-its-way",
    "description": "Sent when an order leaves the warehouse.",
    "current": [CURRENT],
    "created_at": MADE,
    "updated_at": MADE,
}
DRAFT = {
    **CURRENT,
    "number": 2,
    "subject": "Your order {{ order }} is on its way",
    "text": "Hello {{ recipient.attributes.name | default: 'there' }}, "
    "your order {{ order }} has left our warehouse.",
    "html": "",
    "current": False,
    "published_at": None,
    "created_at": MADE,
}
PUBLISHED = {**DRAFT, "current": True, "published_at": CHANGED}
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
PERSON = {
    "id": "user-44",
    "email": "bob@example.org",
    "phone": "+33612345679",
    "locale": "en",
    "time_zone": "Europe/London",
    "attributes": {"plan": "gold"},
    "created_at": MADE,
    "updated_at": MADE,
}
SUPPRESSION = {
    "id": 12,
    "channel": "email",
    "address": "gone@example.org",
    "reason": "manual",
    "note": "Asked by phone.",
    "delivery": None,
    "receipt": None,
    "expires_at": None,
    "created_at": MADE,
}
ACCOUNT = {
    "id": OTHER,
    "name": "own mail server",
    "kind": "smtp",
    "channel": "email",
    "options": {"host": "smtp.example.org", "port": 587, "from": "shop@example.org"},
    "has_credentials": True,
    "enabled": True,
    "inherited": False,
    "position": 0,
    "weight": 1,
    "per_second": 50.0,
    "burst": 10,
    "domain_per_second": None,
    "breaker": {"state": "closed", "retry_in": None},
    "hook_url": None,
    "created_at": MADE,
    "updated_at": MADE,
}
KEY: dict[str, Any] = {
    "id": OTHER,
    "name": "shop backend",
    "prefix": "sb_live_3kQ9xT",
    "mode": "live",
    "scopes": ["read", "send"],
    "limits": {"sms_per_day": 500},
    "usage": [
        {
            "quota": "sms_per_day",
            "used": 77,
            "limit": 500,
            "remaining": 423,
            "opens_at": "2026-11-21T00:00:00Z",
        }
    ],
    "expires_at": None,
    "last_used_at": None,
    "revoked_at": None,
    "created_at": MADE,
}
DAY_ENDS, MONTH_ENDS = "2026-11-21T00:00:00Z", "2026-12-01T00:00:00Z"


def used(channel: str | None, today: int, month: int) -> dict[str, Any]:
    """Usage of a channel without a quota."""
    none = {"limit": None, "remaining": None}
    return {
        "channel": channel,
        "today": {"used": today, **none, "opens_at": DAY_ENDS},
        "month": {"used": month, **none, "opens_at": MONTH_ENDS},
    }


USAGE = {
    "mode": "live",
    "at": MADE,
    "usage": [used(None, 1204, 30112), used("email", 1190, 29840), used("sms", 77, 2103)],
    "tenant": {
        "requests_per_second": 1000,
        "requests_burst": 2000,
        "notifications_per_minute": None,
        "email_per_minute": None,
        "sms_per_minute": None,
    },
    "key": {
        "requests_per_second": None,
        "requests_burst": None,
        "notifications_per_minute": None,
        "email_per_minute": None,
        "sms_per_minute": None,
    },
    "key_usage": [],
}
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
SEVERAL = {"batch": BATCH, "accepted": 1, "refused": 0, "results": [RESULT]}
TWO = {**SEVERAL, "accepted": 2}

# (method, path below /api/v1) → the answer; an operation that answers nothing has none.
ANSWERS: dict[tuple[str, str], Any] = {
    ("POST", "/notify"): ASKED,
    ("POST", "/notify/{topic}"): SEVERAL,
    ("POST", "/publish/{topic}"): {**TWO, "results": [RESULT, NEXT]},
    ("POST", "/notifications"): DIRECT,
    ("POST", "/notifications/batch"): {**TWO, "results": [RESULT, TEXTED]},
    ("GET", "/batches/{id}"): {
        "id": BATCH,
        "accepted": 2,
        "refused": 0,
        "counts": {"sent": 2},
        "done": True,
        "created_at": MADE,
        "first_settled_at": CHANGED,
        "last_settled_at": CHANGED,
    },
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
    ("GET", "/redrives"): page(REDRIVE),
    ("POST", "/redrives"): {
        "id": OTHER,
        "dry_run": False,
        "count": 1200,
        "status": "running",
        "done": 0,
        "left_count": 0,
        "left": [],
    },
    ("GET", "/redrives/{id}"): {**REDRIVE, "counts": {"queued": 750, "sent": 448, "dead": 2}},
    ("POST", "/redrives/{id}/stop"): {**STOPPED, "counts": {"sent": 448, "queued": 3, "dead": 2}},
    ("GET", "/dead-letters"): page(LETTER),
    ("POST", "/dead-letters/acknowledge"): {"count": 37},
    ("POST", "/dead-letters/{id}/acknowledge"): {
        **LETTER,
        "acknowledged_at": CHANGED,
        "acknowledged_by": "key sb_live_3kQ9xT…",
    },
    ("GET", "/templates"): page({**TEMPLATE, "name": "order-shipped"}),
    ("POST", "/templates"): TEMPLATE,
    ("GET", "/templates/{name}"): TEMPLATE,
    ("PATCH", "/templates/{name}"): {**TEMPLATE, "description": "Sent with each parcel."},
    ("GET", "/templates/{name}/versions"): page(DRAFT),
    ("POST", "/templates/{name}/versions"): DRAFT,
    ("POST", "/templates/{name}/versions/{id}/publish"): PUBLISHED,
    ("POST", "/templates/{name}/preview"): {
        "channel": "email",
        "locale": "fr",
        "version": VERSION,
        "subject": "Votre commande A-1001 est en route",
        "text": "Bonjour Ana,\n\nVotre commande A-1001 a quitté notre entrepôt.",
        "html": "",
        "missing": [],
    },
    ("GET", "/policies"): page(SHIPPED),
    ("POST", "/policies"): POLICY,
    ("GET", "/policies/{topic}"): POLICY,
    ("PATCH", "/policies/{topic}"): {**POLICY, "priority": "high", "updated_at": CHANGED},
    ("GET", "/recipients"): page(PERSON),
    ("POST", "/recipients"): PERSON,
    ("GET", "/recipients/{id}"): PERSON,
    ("PATCH", "/recipients/{id}"): {**PERSON, "locale": "fr", "updated_at": CHANGED},
    ("GET", "/suppressions"): page(SUPPRESSION),
    ("POST", "/suppressions"): SUPPRESSION,
    ("GET", "/suppressions/export"): (
        "channel,address,reason,note,expires_at,created_at,delivery\r\n"
        "email,gone@example.org,manual,Asked by phone.,,2026-11-20T18:00:00.120000+00:00,\r\n"
        "sms,'+33612345678,opt_out,STOP,,2026-11-20T18:00:01.480000+00:00,\r\n"
    ),
    ("POST", "/suppressions/import"): {"rows": 2, "added": 2, "changed": 0, "unchanged": 0},
    ("GET", "/suppressions/{id}"): SUPPRESSION,
    ("PATCH", "/suppressions/{id}"): {**SUPPRESSION, "note": "Asked in writing."},
    ("GET", "/provider-accounts"): page(ACCOUNT),
    ("POST", "/provider-accounts"): ACCOUNT,
    ("GET", "/provider-accounts/{id}"): ACCOUNT,
    ("PATCH", "/provider-accounts/{id}"): {**ACCOUNT, "enabled": False, "updated_at": CHANGED},
    ("POST", "/provider-accounts/{id}/close-breaker"): ACCOUNT,
    ("GET", "/provider-accounts/{id}/domain"): {
        "account": ACCOUNT["id"],
        "domain": "example.org",
        "ready": False,
        "findings": [
            {
                "check": "spf",
                "name": "example.org",
                "state": "missing",
                "found": [],
                "says": "example.org has no SPF record. If mail leaves by other servers, name "
                "these.",
                "publish": {
                    "name": "example.org",
                    "type": "TXT",
                    "value": "v=spf1 a:smtp.example.org ~all",
                },
            }
        ],
    },
    ("GET", "/api-keys"): page(KEY),
    ("POST", "/api-keys"): {**KEY, "limits": {}, "usage": [], "key": "sb_live_3kQ9xT…"},
    ("GET", "/api-keys/{id}"): KEY,
    ("PATCH", "/api-keys/{id}"): {
        **KEY,
        "limits": {"requests_per_second": 50, "sms_per_day": 500},
    },
    ("GET", "/notices"): page(NOTICE),
    ("GET", "/notices/{id}"): NOTICE,
    ("POST", "/notices/{id}/lift"): {
        **NOTICE,
        "lifted_at": CHANGED,
        "lifted_by": "key sb_live_3kQ9xT…",
    },
    ("GET", "/usage"): USAGE,
    ("GET", "/sandbox/messages"): page(TAKEN),
}
