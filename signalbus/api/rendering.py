"""Bodies in and out: JSON read within limits, answers written by msgspec."""

from collections.abc import Mapping
from typing import IO, Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer

from signalbus.api import shapes
from signalbus.api.problems import Problem

JSON = "application/json"
PIECE = 64 * 1024
MOST_DRAINED = 32 * 1024 * 1024  # who sends more than this is cut off
_encoder = msgspec.json.Encoder(decimal_format="string")


class JSONAnswer(HttpResponse):
    """A JSON answer that skips DRF's rendering; `data` may hold msgspec structs."""

    def __init__(
        self,
        data: Any,
        status: int = 200,
        *,
        headers: Mapping[str, str] | None = None,
        content_type: str = JSON,
    ) -> None:
        super().__init__(
            encode(data), content_type=content_type, status=status, headers=dict(headers or {})
        )


class JSONRenderer(BaseRenderer):
    """For views that answer with a DRF `Response`."""

    media_type = JSON
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else encode(data)


class JSONParser(BaseParser):
    """For views that read `request.data`."""

    media_type = JSON

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        request = (parser_context or {})["request"]
        return shapes.decode(read_body(request, settings.MAX_BODY_BYTES), Any)


def encode(data: Any) -> bytes:
    """JSON text of builtins, dataclasses and msgspec structs."""
    return _encoder.encode(data)


def read_body(request: HttpRequest, limit: int) -> bytes:
    """A JSON body's bytes. Raises Problem for another format, and for too many bytes."""
    body = raw_body(request, limit)
    media_type = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    if body and media_type != JSON:
        named = f"{media_type!r} is not understood" if media_type else "The format is not named"
        raise Problem("unsupported-media-type", f"{named}: send Content-Type: {JSON}.")
    return body


def raw_body(request: HttpRequest, limit: int) -> bytes:
    """The body's bytes whatever they are. Raises Problem where there are too many."""
    announced = int(request.META.get("CONTENT_LENGTH") or 0)
    if announced > limit:
        raise _too_large(request, announced, limit)
    if "CONTENT_LENGTH" not in request.META and "HTTP_TRANSFER_ENCODING" in request.META:
        _read_chunks(request, limit)
    body = request.body
    if len(body) > limit:
        raise _too_large(request.META["wsgi.input"], len(body), limit)
    return body


def _read_chunks(request: Any, limit: int) -> None:
    """Django reads what Content-Length says, and a body that is sent in chunks has none."""
    if not hasattr(request, "_body"):
        request._body = request.META["wsgi.input"].read(limit + 1)


def _too_large(rest: Any, size: int, limit: int) -> Problem:
    """The problem, once the rest was read: who is cut off while sending never sees the answer."""
    for _ in range(MOST_DRAINED // PIECE):
        if not rest.read(PIECE):
            break
    return Problem("too-large", f"The body has {size} bytes or more; at most {limit} are taken.")
