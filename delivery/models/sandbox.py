"""What the simulator took."""

from django.db import models

from delivery.models.accounts import CHANNELS
from signalbus.core import personal
from tenants.models import Mode


class SandboxMessage(models.Model):
    """What the simulator took, as it would have gone out. Its id is the attempt's."""

    id = models.UUIDField(primary_key=True, editable=False)
    mode = models.CharField(max_length=4, choices=Mode.choices)
    notification_id = models.UUIDField(db_index=True)
    delivery_id = models.UUIDField()
    channel = models.CharField(max_length=10, choices=CHANNELS)
    address = models.CharField(max_length=320, db_index=True)
    sender = models.CharField(max_length=320, default="")
    subject = models.TextField(default="")
    text = models.TextField(default="")
    html = models.TextField(default="")
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = "sandbox message"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.channel} to {personal.address(self.address)}"
