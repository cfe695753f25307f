"""`/dead-letters`: what gave up, and taking it off the list."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from delivery.api.shapes import DeadLetterOut, dead_letter_out
from delivery.dead_letters import acknowledge, open_letters
from delivery.errors import ErrorClass
from delivery.models import Attempt, DeadLetter
from signalbus.api.filters import Filter, matching
from signalbus.api.idempotent import idempotent
from signalbus.api.operations import Operation, choice, text
from signalbus.api.pagination import PAGE_PARAMETERS, Page, paginate
from signalbus.api.rendering import JSONAnswer
from signalbus.api.views import APIResource
from signalbus.bus.streams import Channel

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


def _shown(rows: Sequence[DeadLetter]) -> list[DeadLetterOut]:
    """The letters with the attempts of their deliveries, by one query for all."""
    attempts: defaultdict[UUID, list[Attempt]] = defaultdict(list)
    deliveries = [row.delivery_id for row in rows]
    for attempt in Attempt.objects.filter(delivery_id__in=deliveries).order_by("id"):
        attempts[attempt.delivery_id].append(attempt)
    return [dead_letter_out(row, attempts[row.delivery_id]) for row in rows]
