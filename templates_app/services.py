"""What can be done with templates: make, add a version, publish, preview."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from signalbus.bus.streams import Channel
from signalbus.core.errors import SignalbusError
from templates_app import catalog, rendering
from templates_app.engine import TemplateError, compile_template
from templates_app.models import Template, TemplateVersion
from templates_app.recipients import check_recipient
from templates_app.signals import template_users_asked
from templates_app.texts import Rendered
from tenants.audit.acts import Act
from tenants.audit.notes import note

BODIES = ("subject", "text", "html")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A text as somebody wrote it, for a channel and a locale."""

    channel: str
    locale: str
    subject: str = ""
    text: str = ""
    html: str = ""


class ContentError(SignalbusError):
    """A text that cannot become a version; `field` says which part of it."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field


def check(content: Content) -> tuple[str, ...]:
    """The variables that the text needs. Raises ContentError for the first part that is wrong."""
    _check_parts(content)
    for field in BODIES:
        source = getattr(content, field)
        try:
            check_recipient(compile_template(source, html=field == "html"), source)
        except TemplateError as error:
            raise ContentError(field, str(error)) from error
    return rendering.needed(subject=content.subject, text=content.text, html=content.html)


def _check_parts(content: Content) -> None:
    if content.channel == Channel.EMAIL and not content.subject.strip():
        raise ContentError("subject", "An e-mail needs a subject.")
    if not content.text.strip() and (content.channel != Channel.EMAIL or not content.html.strip()):
        wanted = "text or HTML" if content.channel == Channel.EMAIL else "text"
        raise ContentError("text", f"The {content.channel} version needs a {wanted}.")


@transaction.atomic
def create_template(
    name: str, description: str = "", contents: Iterable[Content] = (), *, publish: bool = False
) -> Template:
    """A template with its first versions. Raises ContentError; IntegrityError for a name twice."""
    template = Template.objects.create(name=name, description=description)
    for content in contents:
        version = add_version(template, content)
        if publish:
            publish_version(version)
    return template


@transaction.atomic
def add_version(template: Template, content: Content) -> TemplateVersion:
    """The next version of that channel and locale, not yet published."""
    required = check(content)
    Template.objects.select_for_update().get(id=template.id)  # numbers are given one by one
    siblings = template.versions.filter(channel=content.channel, locale=content.locale)
    last = siblings.aggregate(last=Max("number"))["last"] or 0
    return TemplateVersion.objects.create(
        template=template,
        channel=content.channel,
        locale=content.locale,
        number=last + 1,
        subject=content.subject,
        text=content.text,
        html=content.html,
        required=list(required),
    )


def users_of(template: Template) -> list[str]:
    """What still needs the template, so that it may not be deleted; in words for people."""
    answers: Any = template_users_asked.send(Template, template=template)
    return [user for _, users in answers for user in users]


@transaction.atomic
def publish_version(version: TemplateVersion) -> TemplateVersion:
    """Make it the one that new notifications use; an older one may be published again."""
    Template.objects.select_for_update().get(id=version.template_id)
    siblings = TemplateVersion.objects.filter(
        template_id=version.template_id, channel=version.channel, locale=version.locale
    )
    siblings.filter(current=True).exclude(id=version.id).update(current=False)
    siblings.filter(id=version.id).update(current=True, published_at=timezone.now())
    transaction.on_commit(catalog.forget)
    version.refresh_from_db()
    words = f"{version.channel} {version.locale} v{version.number}"
    note(Act.PUBLISH, version.template, detail=words)
    return version


def preview(
    content: Content, data: Mapping[str, Any], recipient: Mapping[str, Any], topic: str = ""
) -> Rendered:
    """What would go out. Raises ContentError for the part that does not render."""
    values = rendering.variables(data, recipient, topic)
    rendered = {field: _render_part(content, field, values) for field in BODIES}
    return rendering.complete(content.channel, **rendered)


def _render_part(content: Content, field: str, values: dict[str, Any]) -> str:
    try:
        return compile_template(getattr(content, field), html=field == "html").render(values)
    except TemplateError as error:
        raise ContentError(field, str(error)) from error
