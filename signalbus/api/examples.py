"""An example of every operation of the API; the document shows them, and a test sends each."""

from dataclasses import dataclass, field
from typing import Any

from signalbus.api.operations import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A request as somebody would send it."""

    body: Any = None
    body_type: str = JSON
    query: dict[str, str] = field(default_factory=dict)


TEXTS = {
    "channel": "email",
    "locale": "en",
    "subject": "Your order {{ order }} is on its way",
    "text": "Hello {{ recipient.attributes.name | default: 'there' }}, "
    "your order {{ order }} has left our warehouse.",
}

# (method, path below /api/v1) → example; an operation that takes nothing has an empty one.
EXAMPLES: dict[tuple[str, str], Example] = {
    ("POST", "/notify"): Example(
        body={
            "topic": "order.shipped",
            "recipient": {
                "id": "user-42",
                "email": "ana@example.org",
                "phone": "+33612345678",
                "locale": "fr-CA",
                "time_zone": "Europe/Paris",
                "attributes": {"name": "Ana"},
            },
            "data": {"order": "A-1001"},
        }
    ),
    ("POST", "/notify/{topic}"): Example(
        body={
            "data": {"order": "A-1001"},
            "recipients": [{"id": "user-42", "email": "ana@example.org"}],
        }
    ),
    ("POST", "/publish/{topic}"): Example(
        body={
            "data": {"order": "A-1001"},
            "recipients": [
                {"id": "user-42", "email": "ana@example.org"},
                {"id": "user-43", "phone": "+33612345678"},
            ],
        }
    ),
    ("POST", "/notifications"): Example(
        body={
            "channel": "email",
            "to": "ana@example.org",
            "subject": "Your invoice",
            "text": "You find your invoice at https://shop.example/invoices/1001",
        }
    ),
    ("POST", "/notifications/batch"): Example(
        body={
            "items": [
                {
                    "topic": "order.shipped",
                    "recipient": {"id": "user-42", "email": "ana@example.org"},
                    "data": {"order": "A-1001"},
                    "idempotency_key": "order-1001-shipped",
                },
                {"channel": "sms", "to": "+33612345678", "text": "Your code is 4711."},
            ]
        }
    ),
    ("GET", "/batches/{id}"): Example(),
    ("GET", "/notifications"): Example(query={"status": "queued", "channel": "email"}),
    ("GET", "/notifications/{id}"): Example(query={"include": "content"}),
    ("POST", "/notifications/{id}/cancel"): Example(),
    ("POST", "/notifications/{id}/redrive"): Example(),
    ("POST", "/notifications/{id}/settle"): Example(body={"as": "delivered"}),
    ("GET", "/redrives"): Example(),
    ("POST", "/redrives"): Example(
        body={
            "filter": {"channel": "email", "error_class": "provider_down"},
            "limit": 5000,
            "rate_per_second": 50,
        }
    ),
    ("GET", "/redrives/{id}"): Example(),
    ("POST", "/redrives/{id}/stop"): Example(),
    ("GET", "/dead-letters"): Example(query={"channel": "email"}),
    ("POST", "/dead-letters/acknowledge"): Example(
        body={"filter": {"error_class": "expired", "created_before": "2026-11-01T00:00:00Z"}}
    ),
    ("POST", "/dead-letters/{id}/acknowledge"): Example(),
    ("GET", "/templates"): Example(query={"name": "order-shipped"}),
    ("POST", "/templates"): Example(
        body={
            "name": "order-on-its-way",
            "description": "Sent when an order leaves the warehouse.",
            "contents": [TEXTS],
            "publish": True,
        }
    ),
    ("GET", "/templates/{name}"): Example(),
    ("PATCH", "/templates/{name}"): Example(body={"description": "Sent with each parcel."}),
    ("DELETE", "/templates/{name}"): Example(),
    ("GET", "/templates/{name}/versions"): Example(query={"channel": "email", "locale": "en"}),
    ("POST", "/templates/{name}/versions"): Example(body={**TEXTS, "publish": False}),
    ("POST", "/templates/{name}/versions/{id}/publish"): Example(),
    ("POST", "/templates/{name}/preview"): Example(
        body={
            "channel": "email",
            "locale": "fr-CA",
            "data": {"order": "A-1001"},
            "recipient": {"id": "user-42", "attributes": {"name": "Ana"}},
        }
    ),
    ("GET", "/policies"): Example(query={"topic": "order.shipped"}),
    ("POST", "/policies"): Example(
        body={
            "topic": "invoice.ready",
            "priority": "normal",
            "channels": [
                {"channel": "email", "template": "order-shipped"},
                {"channel": "sms", "template": "order-shipped", "fallback": True},
            ],
            "retry": {"tries": 5, "deadline": 3600},
            "watch_seconds": 300,
            "overrides": ["hard_bounce"],
        }
    ),
    ("GET", "/policies/{topic}"): Example(),
    ("PATCH", "/policies/{topic}"): Example(body={"priority": "high"}),
    ("DELETE", "/policies/{topic}"): Example(),
    ("GET", "/recipients"): Example(query={"email": "ana@example.org"}),
    ("POST", "/recipients"): Example(
        body={
            "id": "user-44",
            "email": "bob@example.org",
            "phone": "+33612345679",
            "locale": "en",
            "time_zone": "Europe/London",
            "attributes": {"plan": "gold"},
        }
    ),
    ("GET", "/recipients/{id}"): Example(),
    ("PATCH", "/recipients/{id}"): Example(body={"locale": "fr"}),
    ("DELETE", "/recipients/{id}"): Example(),
    ("GET", "/suppressions"): Example(query={"address": "ana@example.org"}),
    ("POST", "/suppressions"): Example(
        body={"channel": "email", "address": "gone@example.org", "note": "Asked by phone."}
    ),
    ("GET", "/suppressions/export"): Example(query={"channel": "sms"}),
    ("POST", "/suppressions/import"): Example(
        body="channel,address,reason,note,expires_at\r\n"
        "email,left@example.org,opt_out,Left in spring.,\r\n"
        "sms,+33612345670,,Asked by phone.,2027-12-31T00:00:00Z\r\n",
        body_type="text/csv",
    ),
    ("GET", "/suppressions/{id}"): Example(),
    ("PATCH", "/suppressions/{id}"): Example(body={"note": "Asked in writing."}),
    ("DELETE", "/suppressions/{id}"): Example(),
    ("GET", "/provider-accounts"): Example(query={"channel": "email"}),
    ("POST", "/provider-accounts"): Example(
        body={
            "name": "own mail server",
            "kind": "smtp",
            "channel": "email",
            "options": {"host": "smtp.example.org", "port": 587, "from": "shop@example.org"},
            "credentials": {"username": "shop", "password": "correct horse battery"},
            "per_second": 50,
            "burst": 10,
        }
    ),
    ("GET", "/provider-accounts/{id}"): Example(),
    ("PATCH", "/provider-accounts/{id}"): Example(body={"enabled": False}),
    ("DELETE", "/provider-accounts/{id}"): Example(),
    ("POST", "/provider-accounts/{id}/close-breaker"): Example(),
    ("GET", "/provider-accounts/{id}/domain"): Example(),
    ("GET", "/api-keys"): Example(query={"mode": "live"}),
    ("POST", "/api-keys"): Example(
        body={"name": "shop backend", "mode": "live", "scopes": ["send", "read"]}
    ),
    ("GET", "/api-keys/{id}"): Example(),
    ("PATCH", "/api-keys/{id}"): Example(
        body={"limits": {"requests_per_second": 50, "sms_per_day": 500}}
    ),
    ("DELETE", "/api-keys/{id}"): Example(),
    ("GET", "/audit-log"): Example(query={"kind": "policy", "act": "change"}),
    ("GET", "/notices"): Example(query={"open": "true"}),
    ("GET", "/notices/{id}"): Example(),
    ("POST", "/notices/{id}/lift"): Example(),
    ("GET", "/usage"): Example(),
    ("GET", "/statistics"): Example(query={"by": "day", "channel": "email"}),
    ("GET", "/stream"): Example(query={"channel": "email", "topic": "order.shipped"}),
    ("GET", "/sandbox/messages"): Example(query={"to": "ana@example.org"}),
}
