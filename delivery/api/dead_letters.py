"""`/dead-letters`: what gave up, and taking it off the list."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from msgspec import Meta, Struct

from delivery.api.shapes import DeadLetterOut, dead_letter_out
from delivery.dead_letters import acknowledge, open_letters
from delivery.errors import ErrorClass
from delivery.models import Attempt, DeadLetter
from signalbus.api.filters import Filter, matching
from signalbus.api.idempotent import idempotent
from signalbus.api.operations import Operation, choice, text
from signalbus.api.pagination import PAGE_PARAMETERS, Page, paginate
from signalbus.api.problems import PointedError, invalid
from signalbus.api.rendering import JSONAnswer
from signalbus.api.views import APIResource
from signalbus.bus.streams import Channel

LIMIT = 1_000
MOST = 10_000
NOTHING_NAMED = (
    "Name at least one of channel, topic, provider, error_class, created_after, created_before: "
    "without a filter all would be acknowledged."
)
Moment = Annotated[datetime, Meta(tz=True)]
FILTERS = (
    Filter(lookup="channel", parameter=choice("channel", "The channel.", list(Channel))),
    Filter(lookup="topic", parameter=text("topic", "The kind of event.")),
    Filter(lookup="provider", parameter=text("provider", "The kind of provider.")),
    Filter(
        lookup="error_class",
        parameter=choice("error_class", "Why it gave up.", list(ErrorClass)),
    ),
)


class DeadLetterList(APIResource):
    """`/dead-letters`"""

    operations = {
        "get": Operation(
            summary="List dead letters",
            description="What gave up, newest first; acknowledged and redriven ones are left out.",
            answer=Page[DeadLetterOut],
            query=tuple(each.parameter for each in FILTERS) + PAGE_PARAMETERS,
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        letters: QuerySet[DeadLetter] = matching(open_letters(self.mode), request.GET, FILTERS)
        rows, older, newer = paginate(request, letters)
        return JSONAnswer(Page(results=_shown(rows), next=older, previous=newer))


class DeadLetterAcknowledge(APIResource):
    """`/dead-letters/{id}/acknowledge`"""

    operations = {
        "post": Operation(
            summary="Acknowledge a dead letter",
            description="It leaves the list, not the history. Doing it twice changes nothing.",
            answer=DeadLetterOut,
        )
    }

    @idempotent
    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        acknowledge([kwargs["id"]], request.auth.actor, self.mode)
        letter = get_object_or_404(DeadLetter, mode=self.mode, id=kwargs["id"])
        return JSONAnswer(_shown([letter])[0])


class LetterFilter(Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Exact values, all of which have to be true of a letter; what is absent asks nothing."""

    channel: Annotated[Channel | None, Meta(description="The delivery's channel.")] = None
    topic: Annotated[str | None, Meta(description="The kind of event.")] = None
    provider: Annotated[str | None, Meta(description="The kind of provider.")] = None
    error_class: Annotated[ErrorClass | None, Meta(description="Why it gave up.")] = None
    created_after: Annotated[
        Moment | None, Meta(description="Gave up at that moment or later.")
    ] = None
    created_before: Annotated[Moment | None, Meta(description="Gave up before that moment.")] = None


class AcknowledgeIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """Which letters are to be taken off the list."""

    filter: Annotated[LetterFilter, Meta(description="Which letters; one thing has to be named.")]
    limit: Annotated[
        Annotated[int, Meta(ge=1, le=MOST)], Meta(description="How many at most, the oldest first.")
    ] = LIMIT


class AcknowledgedOut(Struct, kw_only=True):
    """What was taken off the list."""

    count: Annotated[int, Meta(description="How many letters have left the list.")]


class DeadLettersAcknowledge(APIResource):
    """`/dead-letters/acknowledge`"""

    operations = {
        "post": Operation(
            summary="Acknowledge many dead letters",
            description="What the filter finds leaves the list, not the history.",
            body=AcknowledgeIn,
            answer=AcknowledgedOut,
        )
    }

    @idempotent
    def post(self, request: Any) -> HttpResponse:
        asked = self.read(AcknowledgeIn)
        letters = open_letters(self.mode).filter(**_named(asked.filter)).order_by("id")
        keys = list(letters.values_list("id", flat=True)[: asked.limit])
        taken = acknowledge(keys, request.auth.actor, self.mode)
        return JSONAnswer(AcknowledgedOut(count=len(taken)))


def _named(asked: LetterFilter) -> dict[str, Any]:
    """The conditions. Raises Problem where there are none."""
    lookups = {"created_after": "created_at__gte", "created_before": "created_at__lt"}
    given = {name: getattr(asked, name) for name in LetterFilter.__struct_fields__}
    found = {lookups.get(name, name): value for name, value in given.items() if value is not None}
    if not found:
        raise invalid(PointedError("/filter", NOTHING_NAMED))
    return found


def _shown(rows: Sequence[DeadLetter]) -> list[DeadLetterOut]:
    """The letters with the attempts of their deliveries, by one query for all."""
    attempts: defaultdict[UUID, list[Attempt]] = defaultdict(list)
    deliveries = [row.delivery_id for row in rows]
    for attempt in Attempt.objects.filter(delivery_id__in=deliveries).order_by("id"):
        attempts[attempt.delivery_id].append(attempt)
    return [dead_letter_out(row, attempts[row.delivery_id]) for row in rows]
