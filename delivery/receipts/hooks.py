"""`/hooks/{kind}/{account}`: what providers call with receipts, and with what people send.

Who calls is proven by what the account says (a signature, or user and password); there is no API
key. What is proven is stored and applied in one transaction of the tenant, before the answer.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from delivery.providers import registry
from delivery.receipts import addresses, doors, guesses, seen, take
from delivery.receipts.doors import Door
from delivery.receipts.readers.base import Reader
from signalbus.api.problems import Problem
from signalbus.api.views import APIResource


class ReceiptHook(APIResource):
    """The door of one account. GET and HEAD only say that it is there."""

    http_method_names = ["get", "head", "post"]
    authentication_classes = ()
    permission_classes = ()
    schema = None  # it is no part of the API
    large_body = True  # inbound messages have attachments

    def get(self, request: Any, kind: str, account: UUID) -> HttpResponse:
        """Some services look whether the address answers before they take it."""
        _reader(_door(request._request, kind, account))
        return HttpResponse(content_type="text/plain")

    def post(self, request: Any, kind: str, account: UUID) -> HttpResponse:
        plain: HttpRequest = request._request
        door = _door(plain, kind, account)
        plain.tenant = door.tenant  # type: ignore[attr-defined] # for the log's line
        reader = _reader(door)
        self.raw_body()  # within its limit
        guesses.check(plain, account)
        try:
            read = reader.read(plain)
            take.claim(door, read)
        except Problem as problem:
            seen.refused(door, problem)
            guesses.note(plain, account, problem)
            raise
        guesses.forgive(plain, account)
        take.take(door, read)
        content_type, body = reader.answer
        return HttpResponse(body, content_type=content_type)


def _door(request: HttpRequest, kind: str, account: UUID) -> Door:
    try:
        return doors.find(kind, account)
    except Problem as problem:
        guesses.note(request, account, problem)
        raise


def _reader(door: Door) -> Reader:
    account = door.account
    kind = registry.find(account.kind)
    if kind is None or kind.hook is None:
        raise Problem("not-found", f"Accounts of {account.kind} have no hook: it tells nothing.")
    made: Reader = import_string(kind.hook.reader)(
        account,
        url=addresses.hook_url(account.kind, account.id),
        tenant_id=door.tenant.id if door.tenant else None,
    )
    return made
