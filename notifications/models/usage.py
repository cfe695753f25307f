"""What was accepted, counted for quotas."""

from django.db import models

from signalbus.bus.streams import Channel
from tenants.limits import ALL_CHANNELS
from tenants.models import Mode

CHANNELS = [(ALL_CHANNELS, "all channels"), *((c.value, c.value) for c in Channel)]


class Usage(models.Model):
    """Deliveries accepted on a channel on one day of UTC, written with the work itself.

    The row of `ALL_CHANNELS` counts notifications, each once however many deliveries it has.
    """

    mode = models.CharField(max_length=4, choices=Mode.choices)
    channel = models.CharField(max_length=10, choices=CHANNELS)
    day = models.DateField()
    count = models.PositiveBigIntegerField()

    class Meta:
        verbose_name_plural = "usage"
        constraints = [
            models.UniqueConstraint(fields=["mode", "channel", "day"], name="usage_day"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} on {self.day}: {self.count}"
