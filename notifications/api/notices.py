"""`/notices`: what operators have to know, and may have to lift."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from msgspec import Meta, Struct

from notifications.lifting import lift_notice
from notifications.models import Notice
from notifications.notices import Kind
from signalbus.api.filters import Filter, matching
from signalbus.api.idempotent import idempotent
from signalbus.api.operations import Operation, Parameter, choice, text
from signalbus.api.pagination import PAGE_PARAMETERS, Page, paginate
from signalbus.api.rendering import JSONAnswer
from signalbus.api.views import APIResource

OPEN = Parameter(
    name="open",
    description="`true` for those that are open, `false` for those that were lifted.",
    schema={"type": "boolean"},
)


class NoticeOut(Struct, kw_only=True):
    """Something that was noticed by itself; open until it is lifted."""

    id: Annotated[UUID, Meta(description="Its id, a UUID.")]
    kind: Annotated[
        str, Meta(description="`quota`, `bounces`, `complaints`, `flood` or `no_account`.")
    ]
    subject: Annotated[str, Meta(description="What it is about, such as `email.bulk`.")]
    severity: Annotated[str, Meta(description="`warning`, or `stopped` where nothing goes on.")]
    text: Annotated[str, Meta(description="What was noticed, in words.")]
    opened_at: Annotated[datetime, Meta(description="Since when.")]
    lifted_at: Annotated[datetime | None, Meta(description="When it was lifted; null: open.")]
    lifted_by: Annotated[
        str | None,
        Meta(description="Who lifted it; `Signalbus` where the reason went away by itself."),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFilter(Filter):
    """Whether it was lifted yet."""

    def condition(self, value: Any) -> Q:
        return Q(lifted_at__isnull=value)


FILTERS = (
    OpenFilter(lookup="lifted_at", parameter=OPEN),
    Filter(lookup="kind", parameter=choice("kind", "What was noticed.", list(Kind))),
    Filter(lookup="subject", parameter=text("subject", "What it is about.")),
)


class NoticeList(APIResource):
    """`/notices`"""

    operations = {
        "get": Operation(
            summary="List notices",
            description="What was noticed by itself: a quota that is nearly used up, a lane that "
            "was stopped because too much bounced. Newest first; `open=true` for those that "
            "still hold.",
            answer=Page[NoticeOut],
            query=tuple(each.parameter for each in FILTERS) + PAGE_PARAMETERS,
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        found = matching(Notice.objects.all(), request.GET, FILTERS)
        rows, older, newer = paginate(request, found)
        return JSONAnswer(Page(results=_all_shown(rows), next=older, previous=newer))


class NoticeItem(APIResource):
    """`/notices/{id}`"""

    operations = {"get": Operation(summary="Show a notice", answer=NoticeOut)}

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return JSONAnswer(_shown(get_object_or_404(Notice, id=kwargs["id"])))


class NoticeLift(APIResource):
    """`/notices/{id}/lift`"""

    operations = {
        "post": Operation(
            summary="Lift a notice",
            description="Closes it, and lets go on what was stopped because of it: the lane that "
            "a guard paused, say, of which only what is sent from now on counts. Doing it twice "
            "changes nothing.",
            answer=NoticeOut,
        )
    }

    @idempotent
    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        try:
            return JSONAnswer(_shown(lift_notice(kwargs["id"], request.auth.actor)))
        except Notice.DoesNotExist:
            raise Http404 from None


def _all_shown(rows: Sequence[Notice]) -> list[NoticeOut]:
    return [_shown(row) for row in rows]


def _shown(row: Notice) -> NoticeOut:
    return NoticeOut(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        severity=row.severity,
        text=row.text,
        opened_at=row.opened_at,
        lifted_at=row.lifted_at,
        lifted_by=row.lifted_by or None,
    )
