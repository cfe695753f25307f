"""What every reader of a hook's requests is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.http import HttpRequest

from delivery.providers.account import Account
from delivery.receipts.events import Inbound, ReceiptEvent
from signalbus.api.problems import Problem

JSON = "application/json"
INBOUND = "inbound"  # in the query of addresses that take what people send


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """A token that proves one content, which `digest` is of, however often that comes."""

    token: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a request told. `ignored` are the words of events that nothing follows from; `once`
    is for proofs that say nothing of the content.
    """

    once: Once | None = None
    receipts: Sequence[ReceiptEvent] = ()
    inbound: Sequence[Inbound] = ()
    ignored: Sequence[str] = ()


class Reader:
    """Reads the requests to one account's hook. It does not touch the database.

    `url` is the hook's address as the provider knows it; `tenant_id` says whose account it is,
    if it is one tenant's. `answer` is what the provider gets back: content type and body.
    """

    answer: ClassVar[tuple[str, bytes]] = ("text/plain", b"")

    def __init__(self, account: Account, *, url: str, tenant_id: int | None) -> None:
        self.account = account
        self.url = url
        self.tenant_id = tenant_id

    def read(self, request: HttpRequest) -> Read:
        """What the request tells. Raises Problem unless it is proven to be the provider's."""
        raise NotImplementedError


def unproven(detail: str) -> Problem:
    """The problem of a request whose proof is wrong."""
    return Problem("forbidden", detail)


def without_password() -> Problem:
    """The problem of a request without user and password; some send them only when asked to."""
    return Problem(
        "unauthenticated",
        "The hook wants the user and password that the account has as `webhook_secret`.",
        headers={"WWW-Authenticate": 'Basic realm="signalbus"'},
    )


def unreadable(detail: str) -> Problem:
    """The problem of a request that is the provider's but makes no sense."""
    return Problem("bad-request", detail)
