"""Provider accounts, attempts, receipts, dead letters and the sandbox, in each tenant's schema."""

import json
from typing import Any

from django.conf import settings
from django.db import models

from signalbus.bus.streams import Channel
from signalbus.core.crypto import KeyRing
from signalbus.core.ids import new_id
from tenants.context import current_schema
from tenants.models import Mode

CHANNELS = [(c.value, c.value) for c in Channel]


def credentials_context(schema: str) -> str:
    """What a tenant's credentials are bound to, so that they open nowhere else."""
    return f"{schema}/provider-account"


class ProviderAccount(models.Model):
    """A tenant's account at a provider: the kind of driver, its options and its credentials."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, choices=CHANNELS)
    options = models.JSONField(default=dict, blank=True, help_text="What is not secret.")
    sealed = models.TextField(default="", editable=False, help_text="Encrypted credentials.")
    enabled = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0, help_text="The lowest is used first.")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["channel", "position", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def credentials(self) -> dict[str, Any]:
        """The secrets, opened; needs the tenant's schema to be the current one."""
        if not self.sealed:
            return {}
        ring = KeyRing.parse(settings.ENCRYPTION_KEYS)
        return dict(json.loads(ring.decrypt(self.sealed, credentials_context(current_schema()))))

    @credentials.setter
    def credentials(self, secrets: dict[str, Any]) -> None:
        if not secrets:
            self.sealed = ""
            return
        ring = KeyRing.parse(settings.ENCRYPTION_KEYS)
        text = json.dumps(secrets).encode()
        self.sealed = ring.encrypt(text, credentials_context(current_schema()))


class Attempt(models.Model):
    """One provider call. Its id is the claim of the outbox entry while the call is under way."""

    id = models.UUIDField(primary_key=True, editable=False)
    delivery = models.ForeignKey(
        "notifications.Delivery",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="attempt_set",
    )
    number = models.PositiveSmallIntegerField()
    account_id = models.UUIDField(null=True)
    provider = models.CharField(max_length=40)
    outcome = models.CharField(max_length=10, help_text="accepted, refused or unknown.")
    error_class = models.CharField(max_length=20, default="")
    code = models.CharField(max_length=60, default="")
    detail = models.TextField(default="", help_text="The provider's own words.")
    reference = models.CharField(max_length=255, default="")
    possibly_repeated = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    duration_ms = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"attempt {self.number}: {self.outcome}"


class Receipt(models.Model):
    """A provider's later word, stored once by the event id that the provider gave it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account_id = models.UUIDField()
    event_id = models.CharField(max_length=255)
    delivery = models.ForeignKey(
        "notifications.Delivery",
        on_delete=models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="receipts",
    )
    attempt_id = models.UUIDField(null=True)
    event = models.CharField(max_length=20, help_text="delivered, bounced, complained, failed.")
    code = models.CharField(max_length=60, default="")
    detail = models.TextField(default="")
    applied = models.BooleanField(help_text="Whether it moved the delivery.")
    raw = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["account_id", "event_id"], name="receipt_event"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.event_id}"


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
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.reason}"


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
        return f"{self.channel} to {self.address}"
