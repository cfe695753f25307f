"""What was accepted, counted for quotas."""

from django.db import models

from signalbus.bus.streams import Channel
from tenants.models import Mode


class Usage(models.Model):
    """Deliveries accepted on a channel on one day of UTC, written with the work itself."""

    mode = models.CharField(max_length=4, choices=Mode.choices)
    channel = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Channel])
    day = models.DateField()
    count = models.PositiveBigIntegerField()

    class Meta:
        verbose_name_plural = "usage"
        constraints = [
            models.UniqueConstraint(fields=["mode", "channel", "day"], name="usage_day"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} on {self.day}: {self.count}"
