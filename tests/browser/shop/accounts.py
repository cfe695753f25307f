"""Provider accounts: the shop's own, one of which is in trouble, and those that it inherits."""

from datetime import timedelta
from typing import Any

from delivery.breaker import breakers
from delivery.breaker_rule import IN_A_ROW
from delivery.models import ProviderAccount
from signalbus.bus.streams import Channel
from tenants import doors
from tenants.context import current_schema
from tenants.identity import by_schema
from tenants.models import PlatformAccount
from tests.browser.shop.rows import Account

FROM = "Harbour Books <orders@harbour-books.example.org>"
SECRET = "not-a-real-secret"
OWN: tuple[dict[str, Any], ...] = (
    {
        "name": "Amazon SES Frankfurt",
        "kind": "amazon_ses",
        "channel": Channel.EMAIL,
        "options": {"from": FROM, "region_name": "eu-central-1"},
        "credentials": {"aws_access_key_id": SECRET, "aws_secret_access_key": SECRET},
        "per_second": 50,
        "burst": 20,
    },
    {
        "name": "Own mail server",
        "kind": "smtp",
        "channel": Channel.EMAIL,
        "options": {"from": FROM, "host": "mail.harbour-books.example.org", "port": 587},
        "credentials": {"username": "signalbus", "password": SECRET},
        "position": 1,
        "domain_per_second": 2,
    },
    {
        "name": "Twilio Ireland",
        "kind": "twilio",
        "channel": Channel.SMS,
        "options": {"from": "+353155501234", "region": "ie1"},
        "credentials": {"account_sid": "AC" + "0" * 32, "auth_token": SECRET},
        "per_second": 10,
    },
    {
        "name": "SMS gateway of the city library",
        "kind": "http",
        "channel": Channel.SMS,
        "options": {
            "url": "https://sms.library.example.org/v2/messages",
            "headers": "Authorization: Bearer {{ secret.token }}",
            "body": '{"to": "{{ to }}", "text": "{{ text }}"}',
            "from": "HarbourBook",
            "reference": "/id",
        },
        "credentials": {"token": SECRET},
        "position": 1,
    },
    {
        "name": "Former mail service",
        "kind": "sendgrid",
        "channel": Channel.EMAIL,
        "options": {"from": FROM},
        "credentials": {"api_key": SECRET},
        "position": 2,
        "enabled": False,
    },
)
SHARED: tuple[dict[str, Any], ...] = (
    {
        "name": "Shared Postmark",
        "kind": "postmark",
        "channel": Channel.EMAIL,
        "options": {"from": "Notices <notices@signalbus.example.org>"},
        "credentials": {"server_token": SECRET},
        "per_second": 100,
        "tenant_per_second": 20,
        "position": 5,
    },
    {
        "name": "Shared Twilio",
        "kind": "twilio",
        "channel": Channel.SMS,
        "options": {"messaging_service_sid": "MG" + "0" * 32},
        "credentials": {"account_sid": "AC" + "1" * 32, "auth_token": SECRET},
        "per_second": 30,
        "tenant_per_second": 5,
        "position": 5,
    },
)
IN_TROUBLE = "SMS gateway of the city library"


def connect(now: Any) -> dict[str, Account]:
    """Make the shop's accounts; returns the first of each channel."""
    rows = [_saved(ProviderAccount(), fields) for fields in OWN]
    for row in rows[:3]:
        doors.open_door(row.id, by_schema(current_schema()).id)
        doors.note_receipt(row.id, now - timedelta(seconds=40))
    return {each.channel: Account(id=each.id, kind=each.kind) for each in (rows[0], rows[2])}


def share() -> None:
    """Make the platform's accounts."""
    for fields in SHARED:
        _saved(PlatformAccount(), fields)


def trip(account: Any) -> None:
    """Have the account's breaker open, from now on for some seconds."""
    breakers().note([(account, True)] * IN_A_ROW)


def _saved(row: Any, fields: dict[str, Any]) -> Any:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    return row
