"""Many requests in one body: /notifications/batch, /publish/{topic} and /batches/{id}."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from msgspec import Meta, Struct

from notifications import batches
from notifications.api.bodies import Read, read_batch, read_publish
from notifications.api.shown import ResultsOut
from notifications.api.single import answer, context
from notifications.batches import BatchKey
from notifications.models import Batch
from notifications.requests import BatchBody, PublishBody, PublishRequest
from notifications.values import Asked, Refused
from signalbus.api import idempotency
from signalbus.api.idempotent import key_of
from signalbus.api.operations import Operation
from signalbus.api.rendering import JSONAnswer, read_body
from signalbus.api.views import APIResource
from tenants.throttling import check_notifications


class BatchView(APIResource):
    """`/notifications/batch`"""

    large_body = True
    operations = {
        "post": Operation(
            summary="Ask for up to 1,000 notifications at once",
            description="An item has the shape of `/notify` (with `topic`) or of `/notifications` "
            "(with `channel`), and may have an `idempotency_key` of its own. One that is refused "
            "harms no other; its errors point into the whole body. A batch that does not fit a "
            "limit or quota is refused as a whole, and nothing of it is accepted.",
            body=BatchBody,
            answer=ResultsOut,
            status=202,
            problems=("quota-exceeded",),
        )
    }

    def post(self, request: HttpRequest) -> HttpResponse:
        body = read_body(self.request._request, settings.MAX_BATCH_BODY_BYTES)
        return _accept(self, read_batch(body, context()))


class PublishView(APIResource):
    """`/publish/{topic}`"""

    operations = {
        "post": Operation(
            summary="Notify up to 1,000 recipients of the same thing",
            description="A recipient is an object or an id, as in `/notify`. A topic without a "
            "policy is refused with 422, `no-policy`; one recipient who is refused harms no other.",
            body=PublishBody,
            answer=ResultsOut,
            status=202,
            problems=("no-policy", "quota-exceeded"),
        )
    }

    def post(self, request: HttpRequest, topic: str) -> HttpResponse:
        requests = read_publish(self.read(PublishRequest), topic, context())
        return _accept(self, requests, topic=topic)


class NotifyTopicView(PublishView):
    """`/notify/{topic}`"""

    operations = {
        "post": replace(
            PublishView.operations["post"],
            summary="The same as /publish/{topic}",
            description="Another address of `POST /publish/{topic}`, and nothing else.",
        )
    }


class BatchAnswer(Struct, kw_only=True):
    """How far a batch has come."""

    id: Annotated[UUID, Meta(description="Its id, a UUID.")]
    accepted: Annotated[int, Meta(description="How many were accepted.")]
    refused: Annotated[int, Meta(description="How many were refused.")]
    counts: Annotated[Mapping[str, int], Meta(description="Status → how many notifications.")]
    done: Annotated[bool, Meta(description="Whether nothing of it is open any more.")]
    created_at: Annotated[datetime, Meta(description="When it was made.")]
    first_settled_at: Annotated[datetime | None, Meta(description="When the first delivery ended.")]
    last_settled_at: Annotated[datetime | None, Meta(description="When the last delivery ended.")]


class BatchProgressView(APIResource):
    """`/batches/{id}`"""

    operations = {
        "get": Operation(
            summary="Show how far a batch has come",
            description="Counts its notifications by status.",
            answer=BatchAnswer,
        )
    }

    def get(self, request: Any, id: UUID) -> HttpResponse:
        try:
            progress = batches.progress(request.auth.mode, id)
        except Batch.DoesNotExist:
            raise Http404 from None
        return JSONAnswer(
            BatchAnswer(
                id=progress.batch.id,
                accepted=progress.batch.accepted,
                refused=progress.batch.refused,
                counts=progress.counts,
                done=progress.done,
                created_at=progress.batch.created_at,
                first_settled_at=progress.first_settled_at,
                last_settled_at=progress.last_settled_at,
            )
        )


def _accept(view: APIResource, requests: Read, *, topic: str | None = None) -> HttpResponse:
    request: Any = view.request
    name = key_of(request)
    mark = idempotency.fingerprint(request.method, request.path, view.raw_body()) if name else b""
    key = BatchKey(name=name, fingerprint=mark) if name else None
    wanted = sum(isinstance(each, Asked) for each in requests)
    check_notifications(request.auth, view, wanted)
    asker = request.auth
    result = batches.accept_batch(
        request.tenant, asker.mode, requests, key, asker=asker, topic=topic
    )
    if isinstance(result, Refused):
        raise result.problem()
    return answer(result)
