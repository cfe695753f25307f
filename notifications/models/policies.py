"""Policies: which channels, templates and priority a topic has."""

from django.contrib.postgres.fields import ArrayField
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
    retry = models.JSONField(
        default=dict,
        blank=True,
        help_text="What differs from the channel's rule: first, factor, longest, tries, deadline.",
    )
    overrides = ArrayField(
        models.CharField(max_length=20),
        default=list,
        blank=True,
        help_text="Reasons of suppressions that this topic is sent in spite of.",
    )
    watch_seconds = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Without a receipt of delivery after so long, another way is taken, once.",
    )
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
    fallback = models.BooleanField(
        default=False, help_text="Used only where the channel before it brought no receipt."
    )

    class Meta:
        verbose_name = "channel"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "channel"], name="policy_channel"),
        ]

    def __str__(self) -> str:
        return f"policy {self.policy} ({self.channel})"
