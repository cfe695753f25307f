"""The published versions of the current tenant, kept in process for a moment."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from django.db.models import QuerySet

from signalbus.core.timed_cache import TimedCache
from templates_app.models import Template, TemplateVersion
from templates_app.texts import VersionText
from tenants.context import current_schema
from tenants.schemas import TenantWork, run_for_tenants

SECONDS = 2.0
KEPT_TENANTS = 500
KEPT_VERSIONS = 5_000

# In the order of VERSION_FIELDS.
VERSIONS = """
SELECT version.id, template.name, channel, locale, subject, text, html, required
FROM {schema}.templates_app_templateversion version
JOIN {schema}.templates_app_template template ON template.id = version.template_id
WHERE version.id = ANY(%(ids)s::uuid[])
"""
VERSION_FIELDS = ("id", "template", "channel", "locale", "subject", "text", "html", "required")

Shelf = dict[tuple[str, str], dict[str, VersionText]]

_shelves: TimedCache[str, Shelf] = TimedCache(seconds=SECONDS, size=KEPT_TENANTS)
_names: TimedCache[str, Collection[str]] = TimedCache(seconds=SECONDS, size=KEPT_TENANTS)
_versions: TimedCache[UUID, VersionText] = TimedCache(seconds=3600.0, size=KEPT_VERSIONS)


def current(names: Iterable[str]) -> Shelf:
    """(template, channel) → locale → version, of those names that have a published one."""
    shelf = _shelves.get(current_schema(), _load)
    wanted = set(names)
    return {key: versions for key, versions in shelf.items() if key[0] in wanted}


def names() -> Collection[str]:
    """The names of all templates, in their order, whether they have a text or not."""
    return _names.get(current_schema(), lambda: dict.fromkeys(_stored_names()))


def version(version_id: UUID) -> VersionText:
    """One version. Raises TemplateVersion.DoesNotExist."""
    return _versions.get(version_id, lambda: as_text(_rows().get(id=version_id)))


def prefetch(wanted: Mapping[str, Collection[UUID]]) -> None:
    """Keep versions of many tenants, given by schema, that are not kept yet: in one round trip.

    What cannot be read is left to `version`, which says why.
    """
    missing = {
        schema: [each for each in ids if _versions.peek(each) is None]
        for schema, ids in wanted.items()
    }
    work = [
        TenantWork(schema, [(VERSIONS, {"ids": ids})]) for schema, ids in missing.items() if ids
    ]
    for answer in run_for_tenants(work):
        if not isinstance(answer, Exception):
            for row in answer[0]:
                text = VersionText(**dict(zip(VERSION_FIELDS, row, strict=True)))
                _versions.put(text.id, replace(text, required=tuple(text.required)))


def as_text(row: TemplateVersion) -> VersionText:
    """The value of a row that has its template at hand."""
    return VersionText(
        id=row.id,
        template=row.template.name,
        channel=row.channel,
        locale=row.locale,
        subject=row.subject,
        text=row.text,
        html=row.html,
        required=tuple(row.required),
    )


def forget() -> None:
    """Read the current tenant's versions anew: for the process that just published one."""
    _shelves.forget(current_schema())
    _names.forget(current_schema())


def _load() -> Shelf:
    shelf: Shelf = {}
    for row in _rows().filter(current=True):
        shelf.setdefault((row.template.name, row.channel), {})[row.locale] = as_text(row)
    return shelf


def _stored_names() -> Iterable[str]:
    return Template.objects.order_by("name").values_list("name", flat=True)


def _rows() -> QuerySet[TemplateVersion]:
    return TemplateVersion.objects.select_related("template")
