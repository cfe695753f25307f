"""What a notification's deliveries say, rendered anew from the versions they are pinned to."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from delivery.history.found import Found
from notifications.fields import FIELD_OF_CHANNEL
from notifications.models import Delivery, Notification, Recipient
from notifications.states import Status
from templates_app import catalog, rendering
from templates_app.models import TemplateVersion
from templates_app.rendering import RenderError
from templates_app.texts import Rendered

GONE = "The version of the template that it was pinned to has been deleted."


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
    except TemplateVersion.DoesNotExist:
        return msgspec.structs.replace(shown, error=GONE)
    except RenderError as error:
        return msgspec.structs.replace(shown, error=str(error))
    return msgspec.structs.replace(
        shown, subject=rendered.subject, text=rendered.text, html=rendered.html
    )


def _rendered(notification: Notification, recipient: Recipient | None, row: Delivery) -> Rendered:
    person = _person(notification, recipient, row)
    values = rendering.variables(notification.data, person, notification.topic)
    if row.template_version_id is None:
        return rendering.render_direct(row.channel, notification.content or {}, values)
    return rendering.render(catalog.version(row.template_version_id), values)


def _person(
    notification: Notification, recipient: Recipient | None, row: Delivery
) -> Mapping[str, Any]:
    """What the template sees as `recipient`, the same as when it is sent."""
    return {
        "id": notification.recipient_ref,
        "attributes": recipient.attributes if recipient else {},
        "locale": (recipient.locale if recipient else "") or row.locale,
        "time_zone": recipient.time_zone if recipient else "",
        FIELD_OF_CHANNEL[row.channel]: row.address,
    }
