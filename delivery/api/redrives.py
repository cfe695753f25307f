"""`/redrives`: what a filter finds goes into the line again; how far that has come; stopping it."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from msgspec import UNSET, Meta, Struct, UnsetType

from delivery import redrives
from delivery.api.shapes import LeftOut, left_out
from delivery.models import Redrive
from delivery.redrives import HIGHEST_RATE, LIMIT, MOST, Counted, Order, Progress, RedriveFilter
from signalbus.api.filters import Filter, matching
from signalbus.api.idempotent import idempotent
from signalbus.api.operations import Operation, Other, text
from signalbus.api.pagination import PAGE_PARAMETERS, Page, paginate
from signalbus.api.rendering import JSONAnswer
from signalbus.api.views import APIResource
from signalbus.core import personal

FILTERS = (Filter(lookup="actor", parameter=text("actor", "Who began it.")),)
DRY = "Counted: with `dry_run` nothing is done, and there is no id."
COUNTED = "counted"  # the status of a dry run


class RedriveIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """What is to be redriven, and how."""

    filter: Annotated[
        RedriveFilter,
        Meta(description="Which deliveries; at least one thing has to be named."),
    ]
    dry_run: Annotated[bool, Meta(description="Only count what would be redriven.")] = False
    limit: Annotated[
        Annotated[int, Meta(ge=1, le=MOST)],
        Meta(description="How many at most, the oldest first."),
    ] = LIMIT
    rate_per_second: Annotated[
        Annotated[float, Meta(gt=0, le=HIGHEST_RATE)] | None,
        Meta(description="How many come due in a second; null: all at once."),
    ] = None
    account: Annotated[
        str | None,
        Meta(description="The id or name of the only account to send them through; null: as ever."),
    ] = None


class RedriveAnswer(Struct, kw_only=True):
    """What a redrive takes, and what it leaves because the address is suppressed."""

    id: Annotated[UUID | UnsetType, Meta(description="Its id; a dry run has none.")] = UNSET
    dry_run: Annotated[bool, Meta(description="Whether it was only counted.")]
    count: Annotated[int, Meta(description="How many deliveries it takes.")]
    status: Annotated[
        str, Meta(description="`running`, `done` where it takes none, or `counted` of a dry run.")
    ]
    done: Annotated[int, Meta(description="How many of them have come to an end.")]
    left_count: Annotated[
        int, Meta(description="How many stay as they are because their address is suppressed.")
    ]
    left: Annotated[list[LeftOut], Meta(description="The first of those.")]


class RedriveOut(Struct, kw_only=True):
    """A redrive and how far it has come."""

    id: Annotated[UUID, Meta(description="Its id, a UUID.")]
    dry_run: Annotated[bool, Meta(description="Always false: a dry run is not kept.")] = False
    count: Annotated[int, Meta(description="How many deliveries it took.")]
    status: Annotated[
        str, Meta(description="`running`, `stopped`, or `done` once none of them waits.")
    ]
    done: Annotated[int, Meta(description="How many of them have come to an end, whichever.")]
    waiting: Annotated[int, Meta(description="How many are in the line or under way.")]
    stopped: Annotated[int, Meta(description="How many a stop took out of the line.")]
    filter: Annotated[RedriveFilter, Meta(description="What it was chosen by.")]
    rate_per_second: Annotated[
        float | None, Meta(description="How many come due in a second; null: all at once.")
    ]
    account: Annotated[
        UUID | None, Meta(description="The only account that they are sent through; null: any.")
    ]
    actor: Annotated[str, Meta(description="Who began it.")]
    created_at: Annotated[datetime, Meta(description="When it began.")]
    stopped_at: Annotated[datetime | None, Meta(description="When it was stopped.")]
    stopped_by: Annotated[str | None, Meta(description="Who stopped it.")]


class RedriveDetail(RedriveOut, kw_only=True):
    """The same, with what has become of its deliveries."""

    counts: Annotated[
        dict[str, int],
        Meta(description="Its deliveries by their present status, without stopped ones."),
    ]


class RedriveList(APIResource):
    """`/redrives`"""

    operations = {
        "get": Operation(
            summary="List redrives",
            description="Newest first, each with how far it has come.",
            answer=Page[RedriveOut],
            query=tuple(each.parameter for each in FILTERS) + PAGE_PARAMETERS,
        ),
        "post": Operation(
            summary="Redrive what a filter finds",
            description="Sends anew what failed, gave up, bounced or has an unknown outcome, at "
            "the rate that is asked for; each gets a new deadline and all tries. With `dry_run` "
            "nothing is done, and the answer, with status 200, counts what would be. Doing it "
            "twice takes nothing the second time. A delivery whose address is suppressed stays "
            "as it is. With an `account`, only deliveries of its channel are taken.",
            body=RedriveIn,
            answer=RedriveAnswer,
            status=202,
            others=(Other(status=200, description=DRY, answer=RedriveAnswer),),
        ),
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        found: QuerySet[Redrive] = Redrive.objects.filter(mode=self.mode)
        rows, older, newer = paginate(request, matching(found, request.GET, FILTERS))
        shown = [_shown(each) for each in redrives.progress_of(rows)]
        return JSONAnswer(Page(results=shown, next=older, previous=newer))

    @idempotent
    def post(self, request: Any) -> HttpResponse:
        asked = self.read(RedriveIn)
        order = Order.of(
            mode=self.mode,
            actor=request.auth.actor,
            wanted=asked.filter,
            limit=asked.limit,
            rate=asked.rate_per_second,
            account=asked.account,
        )
        if asked.dry_run:
            return JSONAnswer(_counted(redrives.count(order)))
        begun = redrives.begin(order)
        return JSONAnswer(_counted(begun.counted, begun.redrive), 202)


class RedriveItem(APIResource):
    """`/redrives/{id}`"""

    operations = {
        "get": Operation(
            summary="Show a redrive", description="How far it has come.", answer=RedriveDetail
        )
    }

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        row = get_object_or_404(Redrive, mode=self.mode, id=kwargs["id"])
        return JSONAnswer(_detail(row))


class RedriveStop(APIResource):
    """`/redrives/{id}/stop`"""

    operations = {
        "post": Operation(
            summary="Stop a redrive",
            description="What nobody has begun leaves the line and gets its former status back; "
            "what is under way ends by itself. Doing it twice changes nothing.",
            answer=RedriveDetail,
            problems=("too-late",),
        )
    }

    @idempotent
    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        return JSONAnswer(_detail(redrives.stop(self.mode, kwargs["id"], request.auth.actor)))


def _counted(counted: Counted, redrive: Redrive | None = None) -> RedriveAnswer:
    running = redrives.State.RUNNING if counted.count else redrives.State.DONE
    return RedriveAnswer(
        id=redrive.id if redrive else UNSET,
        dry_run=redrive is None,
        count=counted.count,
        status=running if redrive else COUNTED,
        done=0,
        left_count=counted.left_count,
        left=left_out(counted.left),
    )


def _shown(progress: Progress) -> RedriveOut:
    return RedriveOut(**_members(progress))


def _detail(row: Redrive) -> RedriveDetail:
    (progress,) = redrives.progress_of([row])
    return RedriveDetail(**_members(progress), counts=redrives.counts_of(row))


def _members(progress: Progress) -> dict[str, Any]:
    row = progress.redrive
    return {
        "id": row.id,
        "count": row.count,
        "status": progress.state,
        "done": progress.done,
        "waiting": progress.waiting,
        "stopped": row.stopped,
        "filter": personal.value(row.filter),
        "rate_per_second": row.rate_per_second,
        "account": row.account_id,
        "actor": row.actor,
        "created_at": row.created_at,
        "stopped_at": row.stopped_at,
        "stopped_by": row.stopped_by or None,
    }
