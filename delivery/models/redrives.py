"""Redrives of many deliveries at once."""

from django.db import models

from signalbus.core.ids import new_id
from tenants.models import Mode


class Redrive(models.Model):
    """One order to redrive what a filter finds; its entries come due at the rate asked for."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    mode = models.CharField(max_length=4, choices=Mode.choices)
    filter = models.JSONField(help_text="As in the list of notifications or dead letters.")
    rate_per_second = models.FloatField(null=True)
    account_id = models.UUIDField(null=True, help_text="The account to send through, if named.")
    actor = models.CharField(max_length=150)
    count = models.PositiveIntegerField()
    stopped = models.PositiveIntegerField(
        default=0, help_text="How many of them a stop took out of the line again."
    )
    created_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.CharField(max_length=150, default="")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"redrive of {self.count}"


class RedrivenDelivery(models.Model):
    """A delivery of a redrive, with what it was before, so that a stop can put it back.

    Its entry carries the redrive's id for as long as it waits.
    """

    # Without an index of its own, which the planner would take in place of the constraint's: it
    # cannot know how many deliveries a redrive has that has only just begun.
    redrive = models.ForeignKey(
        Redrive,
        on_delete=models.CASCADE,
        related_name="deliveries",
        db_constraint=False,
        db_index=False,
    )
    delivery_id = models.UUIDField()
    former_status = models.CharField(max_length=9)
    former = models.JSONField(default=dict, help_text="What else the redrive wrote anew.")
    dead_letter_id = models.UUIDField(null=True)
    stopped = models.BooleanField(default=False, help_text="Whether a stop put it back.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["redrive", "delivery_id"], name="redriven_delivery"),
        ]

    def __str__(self) -> str:
        return str(self.delivery_id)
