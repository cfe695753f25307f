"""Many requests in one body: /notifications/batch, /publish/{topic} and /batches/{id}."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from msgspec import Struct

from notifications import batches, policies
from notifications.api.bodies import Read, read_batch, read_publish
from notifications.api.single import answer, context
from notifications.batches import BatchKey
from notifications.models import Batch
from notifications.requests import PublishRequest
from notifications.values import Refused
from signalbus.api import idempotency
from signalbus.api.idempotent import key_of
from signalbus.api.problems import Problem
from signalbus.api.rendering import JSONAnswer, read_body
from signalbus.api.views import APIResource


class BatchView(APIResource):
    """POST accepts up to a thousand requests at once."""

    large_body = True

    def post(self, request: HttpRequest) -> HttpResponse:
        body = read_body(self.request._request, settings.MAX_BATCH_BODY_BYTES)
        return _accept(self, read_batch(body, context()))


class PublishView(APIResource):
    """POST notifies up to a thousand recipients of the same thing."""

    def post(self, request: HttpRequest, topic: str) -> HttpResponse:
        policy = policies.by_topic().get(topic)
        if policy is None or not policy.enabled:
            state = "has no policy" if policy is None else "is switched off"
            raise Problem("not-found", f"The topic {topic!r} {state}.")
        return _accept(self, read_publish(self.read(PublishRequest), topic, context()))


class BatchAnswer(Struct, kw_only=True):
    """How far a batch has come."""

    id: UUID
    accepted: int
    refused: int
    counts: Mapping[str, int]
    done: bool
    created_at: datetime
    first_settled_at: datetime | None
    last_settled_at: datetime | None


class BatchProgressView(APIResource):
    """GET counts a batch's notifications by status."""

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


def _accept(view: APIResource, requests: Read) -> HttpResponse:
    request: Any = view.request
    name = key_of(request)
    mark = idempotency.fingerprint(request.method, request.path, view.raw_body()) if name else b""
    key = BatchKey(name=name, fingerprint=mark) if name else None
    result = batches.accept_batch(request.tenant, request.auth.mode, requests, key)
    if isinstance(result, Refused):
        raise result.problem()
    return answer(result)
