"""`/suppressions/export` and `/suppressions/import`: the whole list as CSV."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from msgspec import Meta, Struct

from notifications.api.suppressions import FILTERS, Suppressions
from notifications.models import Suppression
from notifications.suppression_files import export, import_csv
from signalbus.api.filters import values
from signalbus.api.idempotent import idempotent
from signalbus.api.operations import Operation
from signalbus.api.problems import Problem
from signalbus.api.rendering import JSONAnswer
from signalbus.api.views import APIResource
from tenants.audit.acts import Act
from tenants.audit.notes import note

CSV = "text/csv"


class ImportOut(Struct, kw_only=True):
    """What an import has changed."""

    rows: Annotated[int, Meta(description="How many rows the file had.")]
    added: Annotated[int, Meta(description="How many addresses are new in the list.")]
    changed: Annotated[int, Meta(description="How many have another reason, note or end now.")]
    unchanged: Annotated[
        int,
        Meta(
            description="How many are as they were; complaints and opt-outs stay what they are, "
            "unless the file says one of both."
        ),
    ]


class SuppressionExport(Suppressions, APIResource):
    """`/suppressions/export`"""

    operations = {
        "get": Operation(
            summary="Export suppressions",
            description="The whole list as CSV, the oldest first. A cell that a spreadsheet would "
            "take for a formula, such as a phone number with its +, begins with an apostrophe; "
            "an import takes it with or without.",
            answer=str,
            answer_type=CSV,
            query=tuple(each.parameter for each in FILTERS),
        )
    }

    def get(self, request: Any) -> StreamingHttpResponse:
        asked = values(request.GET, [each.parameter for each in FILTERS], others=())
        wanted = [
            each.condition(asked[name])
            for each in FILTERS
            if (name := each.parameter.name) in asked
        ]
        return csv_answer(export(request.tenant, self.rows().filter(*wanted)), self.mode)


class SuppressionImport(APIResource):
    """`/suppressions/import`"""

    large_body = True
    operations = {
        "post": Operation(
            summary="Import suppressions",
            description="CSV in UTF-8 with a header: `channel` and `address`, and if you like "
            "`reason` (`manual` where it is empty), `note` and `expires_at`. Of an address that is "
            "there already the file's row takes the place. Where any row is wrong nothing is "
            "imported, and `errors` points to it by the row's number in a spreadsheet, such as "
            "`/rows/17/address`.",
            body=str,
            body_type=CSV,
            answer=ImportOut,
        )
    }

    @idempotent
    def post(self, request: HttpRequest) -> HttpResponse:
        body = self.raw_body()
        media_type = request.META.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        if media_type != CSV:
            raise Problem("unsupported-media-type", f"Send the file as Content-Type: {CSV}.")
        return JSONAnswer(import_csv(self.mode, body))


def csv_answer(lines: Any, mode: str) -> StreamingHttpResponse:
    """Lines to be kept as a file."""
    note(Act.EXPORT, Suppression, detail=mode)
    name = f"suppressions-{mode}-{timezone.now():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type=f"{CSV}; charset=utf-8", headers=headers)
