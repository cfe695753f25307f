"""What the live stream's process serves: `GET /api/v1/stream`, and what it says about itself.

Who comes is answered by the same view as at a web process, in a thread; where it opens a stream,
the connection is the loop's from then on.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from io import BytesIO
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from delivery.api.stream import OPENS, Opened
from delivery.live.hub import Hub
from delivery.live.listener import Listener
from delivery.live.server import TRANSPORT
from delivery.live.speaking import speak
from signalbus import urls_stream
from signalbus.api.handlers import handler404, handler500, problem_answer
from signalbus.api.problems import Problem
from signalbus.core.health import JOB_NEEDS, ROUTES, Answer, alive
from signalbus.core.logs import get_logger
from signalbus.middleware import RequestContextMiddleware
from tenants.middleware import TenantMiddleware

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

log = get_logger(__name__)
END_SECONDS = 2.0  # what streams get to end by themselves
STEP = 0.02


class Application:
    """The ASGI application, for one loop."""

    def __init__(self) -> None:
        self.hub = Hub()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        route = ROUTES.get(scope["path"].strip("/"))
        if route is not None:
            await _send(send, await _health(route))
            return
        answer = await self.hub.at_door(_answer, scope)
        if isinstance(answer, Opened) and scope["method"] == "GET":
            await self._open(scope, receive, send, answer)
        else:
            await _send(send, answer)

    async def _open(self, scope: Message, receive: Receive, send: Send, opened: Opened) -> None:
        """Tell the stream; a refusal instead where there is no room."""
        try:
            listener = self.hub.enter(opened.asked, scope["state"][TRANSPORT].abort)
        except Problem as problem:
            await _send(send, problem_answer(_request(scope), problem))
            return
        try:
            await self._tell(listener, receive, send, opened)
        finally:
            self.hub.leave(listener)

    async def _tell(self, listener: Listener, receive: Receive, send: Send, opened: Opened) -> None:
        leaving = asyncio.create_task(_until_gone(receive, listener))
        try:
            await _begin(send, opened)
            await speak(self.hub, listener, partial(_say, send))
        except Error:
            listener.end("failed")
        finally:
            leaving.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def stop(self) -> None:
        """End all streams, so that their clients go on at another process."""
        self.hub.end("stopping")
        for _ in range(round(END_SECONDS / STEP)):
            if not self.hub.listeners:
                return
            await asyncio.sleep(STEP)
        self.hub.cut("stopping")


async def _health(route: Callable[[frozenset[str]], Answer]) -> HttpResponse:
    """Whether the loop lives is answered by the loop, however busy the threads are."""
    found = route(JOB_NEEDS) if route is alive else await asyncio.to_thread(route, JOB_NEEDS)
    headers = {"Content-Type": found.content_type, "Cache-Control": "no-store"}
    return HttpResponse(found.body, status=found.status, headers=headers)


def _answer(scope: Message) -> HttpResponse:
    """What the view answers, with all that surrounds it."""
    return _door(_request(scope))  # type: ignore[return-value]


def _request(scope: Message) -> HttpRequest:
    request = ASGIRequest(scope, BytesIO())
    setattr(request, OPENS, True)
    return request


def _view(request: HttpRequest) -> HttpResponse:
    try:
        request.resolver_match = match = resolve(request.path_info, urls_stream.__name__)
    except Resolver404 as error:
        return handler404(request, error)
    try:
        return match.func(request)
    except Exception:
        log.exception("request.failed")
        return handler500(request)


_door = RequestContextMiddleware(TenantMiddleware(_view))


async def _until_gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    listener.end("gone")


async def _say(send: Send, text: bytes) -> None:
    await send({"type": "http.response.body", "body": text, "more_body": True})


async def _begin(send: Send, answer: HttpResponse) -> None:
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.items()
    ]
    await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})


async def _send(send: Send, answer: HttpResponse) -> None:
    """An answer as a whole."""
    if not isinstance(answer, Opened):
        answer["Content-Length"] = str(len(answer.content))
    await _begin(send, answer)
    await send({"type": "http.response.body", "body": answer.content, "more_body": False})
