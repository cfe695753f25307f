"""A tenant's receipts that found no delivery: of its own accounts, as they came."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from delivery.admin.lost_receipts import LostPanel
from delivery.models import ProviderAccount, UnmatchedReceipt
from delivery.receipts.matching import YOUNG


class UnmatchedPanel(LostPanel):
    """They are about messages that Signalbus did not send, or has not written down yet."""

    empty_title = "Every receipt found its delivery"
    empty_text = "What a provider tells of messages that Signalbus did not send stands here."

    def get_queryset(self, request: HttpRequest) -> QuerySet[UnmatchedReceipt]:
        return super().get_queryset(request).filter(delivery=None)

    def names(self) -> Mapping[UUID, str]:
        return dict(ProviderAccount.objects.values_list("id", "name"))

    def received_at(self, row: UnmatchedReceipt) -> datetime:
        return row.created_at

    def sought_until(self, row: UnmatchedReceipt) -> datetime | None:
        last = row.created_at + YOUNG
        return last if row.reference and last > timezone.now() else None


admin.site.register(UnmatchedReceipt, UnmatchedPanel)
