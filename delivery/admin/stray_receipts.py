"""Receipts of the platform's accounts that belong to no tenant, as far as is known.

They may be about anybody's messages, so addresses in them are masked. The platform's site stands
above this floor and registers the class itself.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import admin

from delivery.admin.lost_receipts import LostPanel
from delivery.receipts.strays import YOUNG
from signalbus.core.scrubbing import scrub, scrub_value
from signalbus.panels.words import pretty
from tenants.models import PlatformAccount, StrayReceipt


class StrayPanel(LostPanel):
    """They are about messages that Signalbus did not send, or has not written down yet."""

    empty_title = "Every receipt found its tenant"
    empty_text = "What a provider tells of messages that no tenant has sent stands here."

    def names(self) -> Mapping[UUID, str]:
        return dict(PlatformAccount.objects.values_list("id", "name"))

    def received_at(self, row: StrayReceipt) -> datetime:
        return row.received_at

    def sought_until(self, row: StrayReceipt) -> datetime | None:
        return row.received_at + YOUNG if row.look_at else None

    @admin.display(description="Provider's words")
    def words(self, row: Any) -> str:
        return scrub(super().words(row))

    @admin.display(description="Event as it came, addresses masked")
    def event_as_it_came(self, row: StrayReceipt) -> str:
        return pretty(scrub_value("raw", row.raw))
