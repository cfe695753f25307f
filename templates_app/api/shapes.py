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

    channel: Channel
    locale: LocaleText
    subject: str = ""
    text: str = ""
    html: str = ""


class TemplateIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """A new template with its first versions."""

    name: Name
    description: Description = ""
    contents: Annotated[list[ContentIn], Meta(max_length=MOST_CONTENTS)] = []
    publish: bool = False


class TemplateChanges(Struct, forbid_unknown_fields=True, kw_only=True):
    """What of a template may change; its texts change by new versions."""

    description: Description | UnsetType = UNSET


class VersionIn(ContentIn, kw_only=True):
    """A new version, published at once if asked for."""

    publish: bool = False


class PreviewIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which text to render, for whom and with what: `content`, else `version`, else the current."""

    channel: Channel
    locale: LocaleText = "en"
    version: UUID | None = None
    content: ContentIn | None = None
    data: dict[str, Any] = {}
    recipient: dict[str, Any] = {}
    topic: str = ""


class VersionOut(Struct, kw_only=True):
    """A version of a template; `required` are the variables it cannot do without."""

    id: UUID
    channel: str
    locale: str
    number: int
    subject: str
    text: str
    html: str
    required: list[str]
    current: bool
    published_at: datetime | None
    created_at: datetime


class CurrentOut(Struct, kw_only=True):
    """The version that new notifications use on a channel, in a locale."""

    id: UUID
    channel: str
    locale: str
    number: int
    required: list[str]


class TemplateOut(Struct, kw_only=True):
    """A template and what of it is published."""

    id: UUID
    name: str
    description: str
    current: list[CurrentOut]
    created_at: datetime
    updated_at: datetime


class PreviewOut(Struct, kw_only=True):
    """What would go out, and the required variables that were not given."""

    channel: str
    locale: str
    version: UUID | None
    subject: str
    text: str
    html: str
    missing: list[str]


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
