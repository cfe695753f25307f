"""From a delivery's facts to the message that goes out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from delivery import content
from delivery.pipeline.items import Facts, Item
from delivery.providers.account import Account
from delivery.providers.base import Message
from signalbus.bus.streams import Channel
from signalbus.core.metrics import TEMPLATE_RENDER_DURATION_SECONDS
from templates_app import rendering
from templates_app.texts import Rendered

_seconds = {
    channel.value: TEMPLATE_RENDER_DURATION_SECONDS.labels(channel=channel.value)
    for channel in Channel
}


def render(item: Item) -> Rendered:
    """What the delivery says, in the tenant's schema. Raises RenderError."""
    facts = item.facts
    with _seconds[facts.channel].time():
        values = rendering.variables(facts.data, _recipient(facts), facts.topic)
        return content.render(facts.version, facts.content, facts.channel, values)


def message_of(
    item: Item,
    rendered: Rendered,
    account: Account,
    attempt: UUID,
    number: int,
    called_at: datetime | None,
) -> Message:
    """The message of an attempt, the way drivers take it.

    With `called_at` it is that of an earlier call, which may have had another sender.
    """
    facts = item.facts
    return Message(
        attempt=attempt,
        delivery=facts.delivery,
        notification=facts.notification,
        tenant_id=item.tenant.id,
        schema=item.tenant.schema,
        mode=facts.mode,
        channel=facts.channel,
        to=facts.address,
        sender=(called_at and facts.claim_sender) or account.sender,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        number=number,
        possibly_repeated=facts.possibly_repeated,
        key=f"{facts.delivery}-{facts.redrives}",
        called_at=called_at,
    )


def _recipient(facts: Facts) -> Mapping[str, Any]:
    return content.recipient_values(
        reference=facts.recipient_ref,
        attributes=facts.attributes,
        locale=facts.recipient_locale or facts.locale,
        time_zone=facts.time_zone,
        channel=facts.channel,
        address=facts.address,
    )
