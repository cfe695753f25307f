"""What a delivery says, whether it is about to be sent or is looked at later."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from notifications.fields import FIELD_OF_CHANNEL
from templates_app import catalog, rendering
from templates_app.models import TemplateVersion
from templates_app.rendering import RenderError
from templates_app.texts import Rendered, VersionText

GONE = "The version of the template that it was pinned to has been deleted."


def render(
    version: UUID | None, content: Mapping[str, Any] | None, channel: str, values: Mapping[str, Any]
) -> Rendered:
    """The text of the version it is pinned to, or else of its own content, in the tenant's schema.

    Raises RenderError, also where the version has been deleted.
    """
    if version is None:
        return rendering.render_direct(channel, content or {}, values)
    return rendering.render(_version(version), values)


def recipient_values(
    *,
    reference: str,
    attributes: Mapping[str, Any] | None,
    locale: str,
    time_zone: str | None,
    channel: str,
    address: str,
) -> Mapping[str, Any]:
    """What a template sees as `recipient`."""
    return {
        "id": reference,
        "attributes": attributes or {},
        "locale": locale,
        "time_zone": time_zone or "",
        FIELD_OF_CHANNEL[channel]: address,
    }


def _version(version: UUID) -> VersionText:
    try:
        return catalog.version(version)
    except TemplateVersion.DoesNotExist as error:
        raise RenderError(GONE) from error
