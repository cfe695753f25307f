"""`/audit-log`: who changed what, for owners."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from auditlog.models import LogEntry
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from msgspec import Meta, Struct

from signalbus.api.filters import Filter, matching
from signalbus.api.operations import Operation, choice, moment, text
from signalbus.api.pagination import PAGE_PARAMETERS, Page, paginate
from signalbus.api.problems import Problem
from signalbus.api.rendering import JSONAnswer
from signalbus.api.views import APIResource
from tenants.audit import reading
from tenants.audit.acts import Act
from tenants.models import Mode


class ChangeOut(Struct, kw_only=True):
    """A field that changed."""

    field: Annotated[str, Meta(description="Its name; of a part, after the part's.")]
    before: Annotated[
        Any, Meta(description="Its value before; null where there was none, `hidden` of a secret.")
    ]
    after: Annotated[
        Any, Meta(description="Its value since; null where there is none, `hidden` of a secret.")
    ]


class AuditEntryOut(Struct, kw_only=True):
    """Something that somebody did. It never changes."""

    id: Annotated[int, Meta(description="Its id, a number.")]
    at: Annotated[datetime, Meta(description="When it was done.")]
    act: Annotated[str, Meta(description="What was done, in a word: one of the filter's.")]
    actor: Annotated[
        str, Meta(description="Who did it: a user, a key by its beginning, or a command.")
    ]
    owner: Annotated[str | None, Meta(description="The user whose own key it was; null: nobody's.")]
    kind: Annotated[str, Meta(description="What kind of object it was done to, such as `policy`.")]
    object: Annotated[
        str | None, Meta(description="The object's id; null for an act on many of its kind.")
    ]
    name: Annotated[str, Meta(description="What the object was called then.")]
    detail: Annotated[str, Meta(description="What else there is to say, in words.")]
    changes: Annotated[list[ChangeOut], Meta(description="Before and after, field by field.")]
    address: Annotated[
        str | None, Meta(description="The network address it was done from; null: by a command.")
    ]
    request_id: Annotated[
        str | None, Meta(description="The X-Request-Id of the request; null: by a command.")
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorFilter(Filter):
    """A user also finds what was done with keys of their own."""

    def condition(self, value: Any) -> Q:
        return reading.of_actor(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class KindFilter(Filter):
    """The kind of object."""

    def condition(self, value: Any) -> Q:
        return reading.of_kind(value)


FILTERS = (
    ActorFilter(
        lookup="actor", parameter=text("actor", "The user, the key as it is shown, or the command.")
    ),
    Filter(
        lookup="additional_data__act",
        parameter=choice("act", "What was done.", [act.value for act in Act]),
    ),
    KindFilter(
        lookup="kind", parameter=choice("kind", "The kind of object.", list(reading.kinds()))
    ),
    Filter(lookup="object_pk", parameter=text("object", "The object's id.")),
    Filter(lookup="cid", parameter=text("request_id", "The X-Request-Id of the request.")),
    Filter(
        lookup="timestamp__gte",
        parameter=moment("created_after", "Only what was done at this time or later."),
    ),
    Filter(
        lookup="timestamp__lt", parameter=moment("created_before", "Only what was done before.")
    ),
)


class AuditLog(APIResource):
    """`/audit-log`"""

    operations = {
        "get": Operation(
            summary="List the audit log",
            description="Who changed or did what, newest first: in the console, by API keys and by "
            "commands. Of secrets it only says that they changed; people's addresses are masked. "
            "What applications send is not in it. It tells of live and test alike, so it takes a "
            "live key, and of an operator's own key the role owner.",
            answer=Page[AuditEntryOut],
            query=tuple(each.parameter for each in FILTERS) + PAGE_PARAMETERS,
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        if self.mode != Mode.LIVE:
            raise Problem(
                "live-key-needed",
                "The audit log tells of live and test alike, so only a live key may read it.",
            )
        found = matching(reading.all_entries(), request.GET, FILTERS)
        rows, older, newer = paginate(request, found)
        return JSONAnswer(Page(results=[_shown(row) for row in rows], next=older, previous=newer))


def _shown(row: LogEntry) -> AuditEntryOut:
    data = row.additional_data or {}
    return AuditEntryOut(
        id=row.pk,
        at=row.timestamp,
        act=data.get("act", ""),
        actor=data.get("actor", ""),
        owner=data.get("owner"),
        kind=row.content_type.model,
        object=row.object_pk or None,
        name=row.object_repr,
        detail=data.get("detail", ""),
        changes=[
            ChangeOut(field=field, before=before, after=after)
            for field, (before, after) in sorted((row.changes or {}).items())
        ],
        address=row.remote_addr,
        request_id=row.cid,
    )
