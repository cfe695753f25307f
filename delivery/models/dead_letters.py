"""Deliveries that gave up."""

from django.db import models

from delivery.models.accounts import CHANNELS
from signalbus.core import personal
from signalbus.core.ids import new_id
from tenants.models import Mode


class DeadLetter(models.Model):
    """A delivery that gave up; it stays in the list until acknowledged or redriven."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    delivery = models.ForeignKey(
        "notifications.Delivery",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="dead_letters",
    )
    notification_id = models.UUIDField()
    mode = models.CharField(max_length=4, choices=Mode.choices)
    channel = models.CharField(max_length=10, choices=CHANNELS)
    topic = models.CharField(max_length=100)
    provider = models.CharField(max_length=40)
    error_class = models.CharField(max_length=20)
    code = models.CharField(
        max_length=60, default="", db_default="", help_text="The provider's own code."
    )
    reason = models.TextField()
    attempts = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=150, default="")
    redriven_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["mode", "id"],
                condition=models.Q(acknowledged_at__isnull=True, redriven_at__isnull=True),
                name="dead_letter_open",
            ),
            models.Index(fields=["topic", "id"], name="dead_letter_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {personal.words(self.reason)}"
