"""The line that deliveries wait in, in the public schema; design: docs/architecture.md."""

from typing import Any

from django.db import models
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Now

from signalbus.bus.purposes import Purpose

PURPOSES = [(each.value, each.value.title()) for each in Purpose]


class OutboxEntry(models.Model):
    """A delivery's place in the line, and its lock. The id of a `send` entry is its delivery's.

    A `watch` entry stands beside it; its `tries` are the attempts that it knows of.

    `generation` grows at each publication and travels in the Kafka message; `claim` is the id of
    the attempt under way. While published, `available_at` is when the entry comes due again
    should nobody settle it.
    """

    id = models.UUIDField(primary_key=True)
    stream = models.CharField(max_length=40)
    tenant_id = models.IntegerField()
    purpose = models.CharField(max_length=10, choices=PURPOSES, default=Purpose.SEND.value)
    delivery = models.UUIDField(null=True)
    available_at = models.DateTimeField()
    generation = models.IntegerField(default=0)
    published = models.BooleanField(default=False)
    claim = models.UUIDField(null=True)
    claim_account = models.UUIDField(null=True)
    claim_sender = models.CharField(max_length=254, null=True)
    claimed_at = models.DateTimeField(null=True)
    reserved_account = models.UUIDField(null=True)
    reserved_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    crashes = models.PositiveSmallIntegerField(
        default=0, help_text="How often handling it raised; the third time it is dead."
    )
    reason = models.CharField(max_length=20, default="", help_text="Why it waits, if it waits.")
    partition_key = models.BigIntegerField(help_text="Hash of tenant and recipient.")
    trace = models.CharField(max_length=55, default="", help_text="W3C traceparent.")
    body = models.JSONField(
        null=True, help_text="What a `message` entry says; which redrive another one is of."
    )

    class Meta:
        verbose_name = "outbox entry"
        verbose_name_plural = "outbox entries"
        indexes = [
            models.Index(fields=["stream", "tenant_id", "available_at"], name="outbox_due"),
            # What waits in Kafka: a call under way is no longer in the relay's window, or slow
            # providers would fill it.
            models.Index(
                fields=["stream", "tenant_id", "available_at"],
                condition=models.Q(published=True, claim__isnull=True),
                name="outbox_waiting",
            ),
            # Few at any time, so that those that expired are found at once, paused line or not.
            models.Index(
                fields=["available_at"],
                condition=models.Q(claim__isnull=False),
                name="outbox_claimed",
            ),
            # Those that a limit has given their moment, which go on while their line waits.
            models.Index(
                fields=["stream", "tenant_id", "available_at"],
                condition=models.Q(reserved_account__isnull=False),
                name="outbox_reserved",
            ),
            # What waits for a receipt, found by the delivery where that is cancelled or settled.
            models.Index(
                fields=["delivery"],
                condition=models.Q(purpose=Purpose.WATCH.value),
                name="outbox_watch",
            ),
            # What is left of a redrive; other entries are not in it.
            models.Index(
                KeyTextTransform("redrive", "body"),
                "id",
                condition=models.Q(body__has_key="redrive"),
                name="outbox_redrive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"


class OfTenant:
    """Mixin of rows that know their tenant by its number; who shows them may put in the name."""

    tenant_id: Any
    tenant_name: str = ""

    @property
    def owner(self) -> str:
        """The tenant's name, or its number where nobody has looked the name up."""
        return self.tenant_name or f"tenant {self.tenant_id}"


class Line(OfTenant, models.Model):
    """One tenant's share of a stream. A line without a row has the weight 1."""

    stream = models.CharField(max_length=40)
    tenant_id = models.IntegerField()
    weight = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = "weight"  # what operators set of it
        constraints = [
            models.UniqueConstraint(fields=["stream", "tenant_id"], name="line_stream_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} of {self.owner}"


class LinePauses(models.QuerySet["LinePause"]):
    """Pauses, those that have ended by themselves included until they are purged."""

    def in_force(self) -> "LinePauses":
        return self.filter(models.Q(until=None) | models.Q(until__gt=Now()))


class LinePause(OfTenant, models.Model):
    """A reason why a line stands still; it runs again when no reason is left."""

    EVERY_STREAM = ""

    stream = models.CharField(max_length=40, blank=True, help_text="Empty: all of the tenant's.")
    tenant_id = models.IntegerField()
    reason = models.CharField(max_length=40)
    note = models.CharField(max_length=200, blank=True)
    until = models.DateTimeField(
        null=True, blank=True, help_text="When the line runs again by itself; empty: never."
    )
    since = models.DateTimeField(auto_now_add=True)

    objects = LinePauses.as_manager()

    class Meta:
        verbose_name = "pause"
        constraints = [
            models.UniqueConstraint(
                fields=["stream", "tenant_id", "reason"], name="pause_stream_tenant_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stream or 'every stream'} of {self.owner}: {self.reason}"
