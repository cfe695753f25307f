"""What a notification's deliveries say, rendered anew from the versions they are pinned to."""

from typing import Annotated
from uuid import UUID

import msgspec

from delivery import content as deliverable
from delivery.history.found import Found
from notifications.models import Delivery, Notification, Recipient
from notifications.states import Status
from signalbus.core import personal
from templates_app import rendering
from templates_app.rendering import RenderError
from templates_app.texts import Rendered

NOT_SHOWN = "what a message says is not shown to viewers"


class Content(msgspec.Struct, kw_only=True):
    """A delivery's message; `error` says why there is none."""

    delivery: Annotated[UUID, msgspec.Meta(description="The delivery that says it.")]
    channel: Annotated[str, msgspec.Meta(description="`email` or `sms`.")]
    locale: Annotated[str, msgspec.Meta(description="Such as `en` or `fr-CA`.")]
    subject: Annotated[
        str, msgspec.Meta(description="The subject of an e-mail; empty on other channels.")
    ] = ""
    text: Annotated[str, msgspec.Meta(description="The text.")] = ""
    html: Annotated[
        str, msgspec.Meta(description="The HTML of an e-mail; empty where there is none.")
    ] = ""
    error: Annotated[
        str | None, msgspec.Meta(description="Why there is nothing to show; null where there is.")
    ] = None


def content(found: Found) -> list[Content]:
    """The content of every delivery that was not skipped, for those who may see it.

    Data and version are those of the notification; the recipient's attributes are today's.
    """
    recipient = found.notification.recipient
    return [
        _content(found.notification, recipient, delivery)
        for delivery in found.deliveries
        if delivery.status != Status.SKIPPED
    ]


def _content(notification: Notification, recipient: Recipient | None, row: Delivery) -> Content:
    shown = Content(delivery=row.id, channel=row.channel, locale=row.locale)
    if not personal.sees():
        return msgspec.structs.replace(shown, error=NOT_SHOWN)
    try:
        rendered = _rendered(notification, recipient, row)
    except RenderError as error:
        return msgspec.structs.replace(shown, error=str(error))
    return msgspec.structs.replace(
        shown, subject=rendered.subject, text=rendered.text, html=rendered.html
    )


def _rendered(notification: Notification, recipient: Recipient | None, row: Delivery) -> Rendered:
    person = deliverable.recipient_values(
        reference=notification.recipient_ref,
        attributes=recipient.attributes if recipient else None,
        locale=(recipient.locale if recipient else "") or row.locale,
        time_zone=recipient.time_zone if recipient else None,
        channel=row.channel,
        address=row.address,
    )
    values = rendering.variables(notification.data, person, notification.topic)
    return deliverable.render(row.template_version_id, notification.content, row.channel, values)
