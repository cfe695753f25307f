"""Provider calls, and what providers say of them later."""

from django.db import models

from signalbus.core.ids import new_id

BAD_NEWS = models.Q(event__in=["bounced", "complained"])  # few, and what the guard looks for


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
        indexes = [
            models.Index(
                fields=["account_id", "reference"],
                condition=~models.Q(reference=""),
                name="attempt_reference",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(error_class="bad_address"),
                name="attempt_bad_address",
            ),
        ]

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
    reference = models.CharField(
        max_length=255, default="", db_default="", help_text="The provider's own id of the message."
    )
    event = models.CharField(max_length=20, help_text="A word of delivery.receipts.EventKind.")
    error_class = models.CharField(max_length=20, default="", db_default="")
    code = models.CharField(max_length=60, default="")
    detail = models.TextField(default="")
    applied = models.BooleanField(help_text="Whether it moved the delivery.")
    raw = models.JSONField(default=dict, help_text="As it came; emptied after some days.")
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["account_id", "event_id"], name="receipt_event"),
        ]
        indexes = [
            # Those that came before their attempt was recorded, until it is; few at any time.
            models.Index(
                fields=["account_id", "reference"],
                condition=models.Q(delivery__isnull=True),
                name="receipt_unmatched",
            ),
            models.Index(fields=["id"], condition=~models.Q(raw={}), name="receipt_raw"),
            models.Index(fields=["id"], condition=BAD_NEWS, name="receipt_bad_news"),
            models.Index(fields=["attempt_id"], condition=BAD_NEWS, name="receipt_bad_attempt"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.event_id}"


class UnmatchedReceipt(Receipt):
    """A receipt without a delivery, as the console lists them."""

    class Meta:
        proxy = True
