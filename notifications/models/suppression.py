"""Addresses that are not to be used."""

from django.db import models

from signalbus.bus.streams import Channel
from signalbus.core import personal
from tenants.models import Mode


class SuppressionReason(models.TextChoices):
    HARD_BOUNCE = "hard_bounce"
    COMPLAINT = "complaint"
    OPT_OUT = "opt_out"
    BAD_ADDRESS = "bad_address"
    SOFT_BOUNCES = "soft_bounces"
    DEAD_TOKEN = "dead_token"  # noqa: S105 - a reason
    MANUAL = "manual"


class Suppression(models.Model):
    """An address of a channel not to be used; the gate looks here before each send."""

    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    channel = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Channel])
    address = models.CharField(max_length=320, help_text="Normalised: lower case, or E.164.")
    reason = models.CharField(max_length=20, choices=SuppressionReason.choices)
    note = models.CharField(max_length=300, blank=True)
    source_delivery = models.UUIDField(null=True, blank=True)
    source_receipt = models.UUIDField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["mode", "channel", "address"], name="suppression_address"
            ),
        ]

    def __str__(self) -> str:
        return f"{personal.address(self.address)} ({self.reason})"


class SoftBounces(models.Model):
    """How often an address could not be reached for a while; too often suppresses it."""

    mode = models.CharField(max_length=4, choices=Mode.choices)
    channel = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Channel])
    address = models.CharField(max_length=320)
    count = models.PositiveIntegerField()
    since = models.DateTimeField(help_text="The first one of this count.")
    last_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "soft bounces"
        constraints = [
            models.UniqueConstraint(
                fields=["mode", "channel", "address"], name="soft_bounces_address"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.count}"
