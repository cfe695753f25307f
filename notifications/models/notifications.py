"""Notifications, their deliveries, and batches.

The ids are UUIDv7 and the only unique constraint, so that a large tenant's tables can be
partitioned by ranges of id; for the same reason references carry no constraint in the database.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from notifications.states import Status
from signalbus.bus.streams import Channel, Lane
from signalbus.core.ids import new_id
from tenants.models import Mode

STATUSES = [(status.value, status.value) for status in Status]
LANES = [(lane.value, lane.value) for lane in Lane]


class Batch(models.Model):
    """Many notifications of one request."""

    id = models.UUIDField(primary_key=True, editable=False)
    mode = models.CharField(max_length=4, choices=Mode.choices)
    accepted = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "batches"

    def __str__(self) -> str:
        return str(self.id)


class Notification(models.Model):
    """What was asked for one recipient. `topic` is empty where it was sent without a policy."""

    id = models.UUIDField(primary_key=True, editable=False)
    mode = models.CharField(max_length=4, choices=Mode.choices)
    topic = models.CharField(max_length=100)
    status = models.CharField(max_length=9, choices=STATUSES)
    priority = models.CharField(max_length=6, choices=LANES)
    recipient = models.ForeignKey(
        "notifications.Recipient",
        on_delete=models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="notifications",
    )
    recipient_ref = models.CharField(max_length=255, help_text="The recipient's id, as given.")
    batch = models.ForeignKey(
        Batch,
        on_delete=models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="notifications",
    )
    correlation_id = models.CharField(max_length=128)
    locale = models.CharField(max_length=35)
    data = models.JSONField()
    content = models.JSONField(null=True, help_text="Subject, text and HTML given directly.")
    trace_id = models.CharField(max_length=32)
    send_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["mode", "id"], name="notification_mode"),
            models.Index(fields=["mode", "status", "id"], name="notification_status"),
            models.Index(fields=["mode", "topic", "id"], name="notification_topic"),
            models.Index(fields=["recipient_ref", "id"], name="notification_recipient"),
            models.Index(
                fields=["correlation_id", "id"],
                condition=~models.Q(correlation_id=""),
                name="notification_correlation",
            ),
            models.Index(
                fields=["batch", "status"],
                condition=models.Q(batch__isnull=False),
                name="notification_batch",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Delivery(models.Model):
    """A notification on one channel. Its place in the line is the outbox entry of the same id."""

    id = models.UUIDField(primary_key=True, editable=False)
    notification = models.ForeignKey(
        Notification, on_delete=models.DO_NOTHING, db_constraint=False, related_name="deliveries"
    )
    mode = models.CharField(max_length=4, choices=Mode.choices)
    channel = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Channel])
    lane = models.CharField(max_length=6, choices=LANES)
    status = models.CharField(max_length=9, choices=STATUSES)
    reason = models.CharField(max_length=20, help_text="Why it was skipped.")
    address = models.CharField(max_length=320)
    template_version = models.ForeignKey(
        "templates_app.TemplateVersion",
        on_delete=models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    locale = models.CharField(max_length=35)
    deadline = models.DateTimeField(null=True, help_text="No attempt begins after it.")
    attempts = models.PositiveSmallIntegerField(default=0)
    redrives = models.PositiveSmallIntegerField(default=0)
    possibly_repeated = models.BooleanField(default=False)
    fallback_of = models.UUIDField(
        null=True, help_text="The delivery in whose place this one was made."
    )
    fell_over = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether it was sent anew, or another was made, for want of a receipt.",
    )
    wanted_account = models.UUIDField(
        null=True, help_text="The only account to be used, as a redrive named it."
    )
    account_id = models.UUIDField(null=True)
    provider = models.CharField(max_length=40, default="")
    reference = models.CharField(max_length=255, default="", help_text="The provider's own id.")
    error_class = models.CharField(max_length=20, default="")
    error_code = models.CharField(max_length=60, default="")
    detail = models.TextField(default="", help_text="The provider's own words.")
    settled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["address", "id"], name="delivery_address"),
            models.Index(
                fields=["provider", "id"],
                condition=~models.Q(provider=""),
                name="delivery_provider",
            ),
            models.Index(
                fields=["error_class", "id"],
                condition=~models.Q(error_class=""),
                name="delivery_error_class",
            ),
            models.Index(fields=["channel", "status", "id"], name="delivery_channel_status"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.id}"


class Action(models.Model):
    """Something a person, a key or a policy did to a notification: a line of its timeline."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    notification_id = models.UUIDField(db_index=True)
    deliveries = ArrayField(models.UUIDField(), default=list)
    verb = models.CharField(max_length=20, help_text="Such as cancel, redrive or fall_over.")
    actor = models.CharField(max_length=150)
    detail = models.CharField(max_length=300, default="", db_default="", help_text="Why.")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.verb} by {self.actor}"
