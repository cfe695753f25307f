"""What a notification's deliveries say, rendered anew from the versions they are pinned to."""

from uuid import UUID

import msgspec

from delivery import content as deliverable
from delivery.history.found import Found
from notifications.models import Delivery, Notification, Recipient
from notifications.states import Status
from templates_app import rendering
from templates_app.rendering import RenderError
from templates_app.texts import Rendered


class Content(msgspec.Struct, kw_only=True):
    """A delivery's message; `error` says why there is none."""

    delivery: UUID
    channel: str
    locale: str
    subject: str = ""
    text: str = ""
    html: str = ""
    error: str | None = None


def content(found: Found) -> list[Content]:
    """The content of every delivery that was not skipped.

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
