"""What follows from what people send to an account's numbers: STOP, START and HELP.

A word to a tenant's own account concerns that tenant. One to an account of the platform, whose
number many tenants use, concerns those that have reached the person by that account.
"""

import json
from collections.abc import Sequence
from typing import Any

from delivery.receipts import sms_sql
from delivery.receipts.apply import LONGEST_KEY
from delivery.receipts.events import Inbound
from delivery.receipts.sms_keywords import Wish, wish_of
from notifications import fields
from signalbus.core.ids import new_id
from signalbus.core.logs import get_logger
from signalbus.core.texts import storable
from tenants import identity
from tenants.models import Tenant
from tenants.schemas import TenantWork, run_for_tenants

LONGEST_NUMBER = 40  # characters of an account's number, or of its name, in the note

log = get_logger(__name__)


def take(messages: Sequence[Inbound]) -> int:
    """Store and apply the messages that are one of the words; how many were.

    Each is stored once by the provider's id of it. Raises what the database does.
    """
    return sum(_take(message) for message in messages)


def _take(message: Inbound) -> bool:
    wish, address = wish_of(message.text), _number(message.from_)
    if wish is None or address is None:
        return False
    given = _given(message, wish, address)
    for schema in _schemas(message, address):
        answer = run_for_tenants([TenantWork(schema, [(sms_sql.APPLY[wish], given)])])[0]
        if isinstance(answer, Exception):
            raise answer
        log.info("sms.answered", tenant=identity.by_schema(schema).name, wish=wish.value)
    return True


def _number(sender: str) -> str | None:
    """The phone number as suppressions have it; None of short codes, names and other channels."""
    try:
        return fields.phone(sender) if sender.startswith("+") else None
    except ValueError:
        return None


def _given(message: Inbound, wish: Wish, address: str) -> dict[str, Any]:
    word, number = storable(message.text.strip()), storable(message.to)[:LONGEST_NUMBER]
    return {
        "id": new_id(),
        "account": message.account,
        "event_id": storable(message.event_id)[:LONGEST_KEY],
        "event": sms_sql.EVENTS[wish],
        "detail": f"Answered “{word}” to {number}.",
        "applied": wish is not Wish.HELP,
        "raw": json.dumps({storable(k): storable(str(v)) for k, v in message.raw.items()}),
        "moment": message.received_at,
        "address": address,
    }


def _schemas(message: Inbound, address: str) -> list[str]:
    if message.tenant_id is not None:
        return [identity.by_ids([message.tenant_id])[message.tenant_id].schema]
    served = list(Tenant.objects.served().values_list("schema_name", flat=True))
    given = {"address": address, "account": message.account}
    answers = run_for_tenants([TenantWork(name, [(sms_sql.HAS_SENT, given)]) for name in served])
    failed = next((each for each in answers if isinstance(each, Exception)), None)
    if failed is not None:
        raise failed  # the provider says it again, and nobody's STOP is lost
    return [
        schema
        for schema, answer in zip(served, answers, strict=True)
        if not isinstance(answer, Exception) and answer[0][0][0]
    ]
