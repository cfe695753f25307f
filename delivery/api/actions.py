"""What can be done to a notification: cancel, redrive, settle."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from msgspec import Meta, Struct, field

from delivery.api.notification import notification_of
from delivery.api.shapes import RedrivenOut, left_out
from delivery.history import found
from delivery.redrive import redrive
from delivery.redrive_account import to_send_through
from delivery.settling import Settled, settle
from notifications.api.shown import NotificationOut
from notifications.cancel import cancel
from signalbus.api.idempotent import idempotent
from signalbus.api.operations import Operation
from signalbus.api.problems import Problem
from signalbus.api.rendering import JSONAnswer
from signalbus.api.views import APIResource


class NotificationCancel(APIResource):
    """`/notifications/{id}/cancel`"""

    operations = {
        "post": Operation(
            summary="Cancel a notification",
            description="Nothing more is sent of it; too late once anything is under way or done. "
            "What an earlier attempt may have brought to its recipient becomes `unknown` instead "
            "of `cancelled`, and a receipt may still tell that it arrived.",
            answer=NotificationOut,
            problems=("too-late",),
        )
    }

    @idempotent
    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        cancel(self.mode, kwargs["id"], request.auth.actor)
        return JSONAnswer(_shown(self.mode, kwargs["id"]))


class RedriveOptions(Struct, forbid_unknown_fields=True, kw_only=True):
    """How a notification is redriven; no body at all means as ever."""

    account: Annotated[
        str | None,
        Meta(
            description="The id or name of the only account to send it through; what is on "
            "another channel stays as it is."
        ),
    ] = None


class NotificationRedrive(APIResource):
    """`/notifications/{id}/redrive`"""

    operations = {
        "post": Operation(
            summary="Redrive a notification",
            description="Sends anew what failed, gave up, bounced or has an unknown outcome. A "
            "delivery whose address is suppressed stays as it is, and is named in `left`; where "
            "there is no other, the answer is 409 and says which suppression to remove first.",
            body=RedriveOptions,
            needs_body=False,
            answer=RedrivenOut,
            status=202,
            problems=("conflict",),
        )
    }

    @idempotent
    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        row = notification_of(self.mode, kwargs["id"])
        asked = self.read_if_any(RedriveOptions)
        account = to_send_through(self.mode, asked.account)
        redriven = redrive(self.mode, [row.id], request.auth.actor, account)
        for refused in redriven.refused:
            extra = {"state": row.status, "left": left_out(redriven.left)}
            raise Problem("conflict", refused.reason, extra=extra)
        row.refresh_from_db(fields=["status"])
        answer = RedrivenOut(
            id=row.id, count=redriven.count, status=row.status, left=left_out(redriven.left)
        )
        return JSONAnswer(answer, 202)


class SettleIn(Struct, forbid_unknown_fields=True, kw_only=True):
    """What became of it, as somebody knows."""

    as_: Annotated[Settled, Meta(description="`sent`, `delivered` or `failed`.")] = field(name="as")
    delivery: Annotated[
        UUID | None, Meta(description="Which delivery; absent: all of its unknown ones.")
    ] = None


class NotificationSettle(APIResource):
    """`/notifications/{id}/settle`"""

    operations = {
        "post": Operation(
            summary="Settle what is unknown",
            description="Says by hand what became of a send of which nobody could tell whether "
            "the provider took it. Only what is `unknown` can be settled; the timeline says who "
            "did it.",
            body=SettleIn,
            answer=NotificationOut,
            problems=("conflict",),
        )
    }

    @idempotent
    def post(self, request: Any, **kwargs: Any) -> HttpResponse:
        asked = self.read(SettleIn)
        settle(self.mode, kwargs["id"], asked.as_, request.auth.actor, asked.delivery)
        return JSONAnswer(_shown(self.mode, kwargs["id"]))


def _shown(mode: str, key: UUID) -> dict[str, Any]:
    return found([notification_of(mode, key)])[0].answer()
