"""Policies: which channels, templates and priority a topic has."""

from django.core.validators import RegexValidator
from django.db import models

from signalbus.bus.streams import Channel, Lane
from signalbus.core.ids import new_id
from templates_app.models import Template

TOPIC = RegexValidator(
    r"^[a-z0-9][a-z0-9._-]*$", "Use a-z, 0-9, dots, hyphens and underscores, such as order.shipped."
)


class Policy(models.Model):
    """What is to happen when something of this topic happened to somebody."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    topic = models.CharField(max_length=100, unique=True, validators=[TOPIC])
    description = models.CharField(max_length=300, blank=True)
    priority = models.CharField(
        max_length=6, choices=[(lane.value, lane.value) for lane in Lane], default=Lane.NORMAL
    )
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "policies"
        ordering = ["topic"]

    def __str__(self) -> str:
        return self.topic


class PolicyChannel(models.Model):
    """A channel of a policy and the template that it uses."""

    policy = models.ForeignKey(Policy, on_delete=models.CASCADE, related_name="channels")
    position = models.PositiveSmallIntegerField(default=0)
    channel = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Channel])
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "channel"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "channel"], name="policy_channel"),
        ]

    def __str__(self) -> str:
        return f"policy {self.policy} ({self.channel})"
