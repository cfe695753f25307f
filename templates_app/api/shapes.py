"""The bodies and answers of the template endpoints."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from signalbus.api.sentences import EXPECTED
from signalbus.bus.streams import Channel
from templates_app.models import Template, TemplateVersion

MOST_CONTENTS = 100
NAME = "Use a-z, 0-9, dots, hyphens and underscores, such as order-shipped."
Name = Annotated[
    str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=100, extra={EXPECTED: NAME})
]
Description = Annotated[str, Meta(max_length=300)]
LocaleText = Annotated[str, Meta(min_length=2, max_length=35)]


class ContentIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """What a template says on a channel in a locale, in Liquid."""

    channel: Annotated[Channel, Meta(description="`email` or `sms`.")]
    locale: Annotated[LocaleText, Meta(description="Such as `en` or `fr-CA`.")]
    subject: Annotated[str, Meta(description="The subject of an e-mail, in Liquid.")] = ""
    text: Annotated[str, Meta(description="The text, in Liquid.")] = ""
    html: Annotated[
        str, Meta(description="The HTML of an e-mail, in Liquid; empty: made from the text.")
    ] = ""


class TemplateIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A new template with its first versions."""

    name: Annotated[Name, Meta(description="Such as `order-shipped`; it never changes.")]
    description: Annotated[Description, Meta(description="What it is for, in your own words.")] = ""
    contents: Annotated[
        Annotated[list[ContentIn], Meta(max_length=MOST_CONTENTS)],
        Meta(description="What it says, for each channel and locale."),
    ] = []
    publish: Annotated[bool, Meta(description="Whether new notifications may use it at once.")] = (
        False
    )


class TemplateChanges(Struct, forbid_unknown_fields=True, kw_only=True):
    """What of a template may change; its texts change by new versions."""

    description: Annotated[
        Description | UnsetType, Meta(description="What it is for, in your own words.")
    ] = UNSET


class VersionIn(ContentIn, kw_only=True):
    """A new version, published at once if asked for."""

    publish: Annotated[bool, Meta(description="Whether new notifications use it at once.")] = False


class PreviewIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which text to render, for whom and with what: `content`, else `version`, else the current."""

    channel: Annotated[Channel, Meta(description="`email` or `sms`.")]
    locale: Annotated[LocaleText, Meta(description="Such as `en` or `fr-CA`.")] = "en"
    version: Annotated[
        UUID | None, Meta(description="The version to render, instead of the published one.")
    ] = None
    content: Annotated[
        ContentIn | None,
        Meta(description="Texts that are not stored yet, to render instead of a version."),
    ] = None
    data: Annotated[dict[str, Any], Meta(description="What a request would bring as `data`.")] = {}
    recipient: Annotated[
        dict[str, Any], Meta(description="Whom it is for, as templates see them.")
    ] = {}
    topic: Annotated[str, Meta(description="The kind of event that it is for.")] = ""


class VersionOut(Struct, kw_only=True):
    """A version of a template; `required` are the variables it cannot do without."""

    id: Annotated[UUID, Meta(description="Its id, a UUID.")]
    channel: Annotated[str, Meta(description="`email` or `sms`.")]
    locale: Annotated[str, Meta(description="Such as `en` or `fr-CA`.")]
    number: Annotated[int, Meta(description="Counts the versions of the channel and locale.")]
    subject: Annotated[str, Meta(description="The subject of an e-mail; empty on other channels.")]
    text: Annotated[str, Meta(description="The text.")]
    html: Annotated[str, Meta(description="The HTML of an e-mail; empty where there is none.")]
    required: Annotated[list[str], Meta(description="The variables that it cannot do without.")]
    current: Annotated[bool, Meta(description="Whether new notifications use it.")]
    published_at: Annotated[datetime | None, Meta(description="When it was published last.")]
    created_at: Annotated[datetime, Meta(description="When it was made.")]


class CurrentOut(Struct, kw_only=True):
    """The version that new notifications use on a channel, in a locale."""

    id: Annotated[UUID, Meta(description="Its id, a UUID.")]
    channel: Annotated[str, Meta(description="`email` or `sms`.")]
    locale: Annotated[str, Meta(description="Such as `en` or `fr-CA`.")]
    number: Annotated[int, Meta(description="Counts the versions of the channel and locale.")]
    required: Annotated[list[str], Meta(description="The variables that it cannot do without.")]


class TemplateOut(Struct, kw_only=True):
    """A template and what of it is published."""

    id: Annotated[UUID, Meta(description="Its id, a UUID.")]
    name: Annotated[str, Meta(description="Its name.")]
    description: Annotated[str, Meta(description="What it is for, in your own words.")]
    current: Annotated[
        list[CurrentOut],
        Meta(description="What new notifications use, for each channel and locale."),
    ]
    created_at: Annotated[datetime, Meta(description="When it was made.")]
    updated_at: Annotated[datetime, Meta(description="When it was last changed.")]


class PreviewOut(Struct, kw_only=True):
    """What would go out, and the required variables that were not given."""

    channel: Annotated[str, Meta(description="`email` or `sms`.")]
    locale: Annotated[str, Meta(description="Such as `en` or `fr-CA`.")]
    version: Annotated[
        UUID | None,
        Meta(description="The version that was rendered; null for texts that are not stored."),
    ]
    subject: Annotated[str, Meta(description="The subject of an e-mail; empty on other channels.")]
    text: Annotated[str, Meta(description="The text.")]
    html: Annotated[str, Meta(description="The HTML of an e-mail; empty where there is none.")]
    missing: Annotated[list[str], Meta(description="The required variables that `data` lacks.")]


def template_out(row: Template, current: list[TemplateVersion]) -> TemplateOut:
    """A template as it is shown."""
    return TemplateOut(
        id=row.id,
        name=row.name,
        description=row.description,
        current=[_current_out(version) for version in current],
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def version_out(row: TemplateVersion) -> VersionOut:
    """A version as it is shown."""
    return VersionOut(**{name: getattr(row, name) for name in VersionOut.__struct_fields__})


def _current_out(row: TemplateVersion) -> CurrentOut:
    return CurrentOut(**{name: getattr(row, name) for name in CurrentOut.__struct_fields__})
