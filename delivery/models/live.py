"""What the live stream tells: what `delivery.live` keeps and reads.

A trigger of the deliveries' table writes each change of a state as a Move, in the transaction that
makes it and only while somebody listens; nothing else may write these tables but `delivery.live`.
"""

from django.db import models


class Move(models.Model):
    """A delivery came into a state. The ids are the stream's: given in order, not committed so."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    mode = models.CharField(max_length=4)
    channel = models.CharField(max_length=10)
    topic = models.CharField(max_length=100)
    notification_id = models.UUIDField()
    delivery_id = models.UUIDField()
    status = models.CharField(max_length=9)
    previous = models.CharField(max_length=9, help_text="Empty where it was just made.")
    reason = models.CharField(max_length=20)
    provider = models.CharField(max_length=40)
    error_class = models.CharField(max_length=20)

    def __str__(self) -> str:
        return f"{self.delivery_id} is {self.status}"


class Listening(models.Model):
    """One row: until when moves are kept, since somebody listens or did so a while ago."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    until = models.DateTimeField()
    floor = models.BigIntegerField(
        help_text="Of the moves with ids up to it, some were not kept, or are gone."
    )

    class Meta:
        verbose_name_plural = "listening"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="listening_is_one_row")
        ]

    def __str__(self) -> str:
        return f"until {self.until}"
