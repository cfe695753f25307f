"""GET /usage: what was accepted today and this month, and what may still be."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from msgspec import Meta, Struct

from notifications.usage_report import report
from signalbus.api.operations import Operation
from signalbus.api.rendering import JSONAnswer
from signalbus.api.views import APIResource
from tenants.limits import Limits, Period, rates
from tenants.standing import Used

Number = int | None


class PeriodOut(Struct, kw_only=True):
    """The day or the month of UTC under way."""

    used: Annotated[int, Meta(description="How many were accepted in it.")]
    limit: Annotated[Number, Meta(description="The quota; null: there is none.")]
    remaining: Annotated[Number, Meta(description="What is left of it; null: no quota.")]
    opens_at: Annotated[datetime, Meta(description="When the next begins.")]


class ChannelUsage(Struct, kw_only=True):
    """What was accepted on a channel; skipped deliveries are not counted."""

    channel: Annotated[
        str | None,
        Meta(description="The channel, whose deliveries are counted; null: notifications in all."),
    ]
    today: Annotated[PeriodOut, Meta(description="The day under way, in UTC.")]
    month: Annotated[PeriodOut, Meta(description="The month under way, in UTC.")]


class RatesOut(Struct, kw_only=True):
    """How quickly may be asked; null: no limit."""

    requests_per_second: Annotated[Number, Meta(description="Requests in a second.")]
    requests_burst: Annotated[Number, Meta(description="Requests at once after a pause.")]
    notifications_per_minute: Annotated[
        Number, Meta(description="Notifications in a minute; batches count their items.")
    ]
    email_per_minute: Annotated[Number, Meta(description="Deliveries by e-mail in a minute.")]
    sms_per_minute: Annotated[Number, Meta(description="Deliveries by SMS in a minute.")]


class UsageOut(Struct, kw_only=True):
    """Usage and limits of the key's mode."""

    mode: Annotated[Literal["live", "test"], Meta(description="The key's mode.")]
    at: Annotated[datetime, Meta(description="When it was counted.")]
    usage: Annotated[list[ChannelUsage], Meta(description="In all, then channel by channel.")]
    tenant: Annotated[RatesOut, Meta(description="What all keys of the tenant share.")]
    key: Annotated[RatesOut, Meta(description="What this key has besides.")]
    key_usage: Annotated[
        list[ChannelUsage],
        Meta(description="What was accepted of this key; empty unless it has quotas of its own."),
    ]


class UsageView(APIResource):
    """`/usage`"""

    operations = {
        "get": Operation(
            summary="Show what was used, and what is left",
            description="Days and months are those of UTC. Each mode is counted by itself and has "
            "the same quotas; a key's own quotas are counted by key.",
            answer=UsageOut,
        )
    }

    def get(self, request: HttpRequest) -> HttpResponse:
        key: Any = self.request.auth
        found = report(key.tenant, key.mode, key)
        return JSONAnswer(
            UsageOut(
                mode=key.mode,
                at=found.at,
                usage=_by_channel(found.lines),
                tenant=_rates(key.tenant.limits),
                key=_rates(key.limits),
                key_usage=_by_channel(found.of_key),
            )
        )


def _by_channel(lines: Sequence[Used]) -> list[ChannelUsage]:
    places = {(line.channel, line.period): _period(line) for line in lines}
    channels = dict.fromkeys(line.channel for line in lines)
    return [
        ChannelUsage(
            channel=channel or None,
            today=places[channel, Period.DAY],
            month=places[channel, Period.MONTH],
        )
        for channel in channels
    ]


def _period(line: Used) -> PeriodOut:
    return PeriodOut(
        used=line.used, limit=line.limit, remaining=line.remaining, opens_at=line.opens_at
    )


def _rates(limits: Limits) -> RatesOut:
    return RatesOut(**rates(limits))
