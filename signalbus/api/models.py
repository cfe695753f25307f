"""The stored answers of requests that carried an Idempotency-Key; one table in each tenant."""

from django.db import models


class IdempotencyRecord(models.Model):
    """What was answered to a key, written in the transaction of the work itself."""

    mode = models.CharField(max_length=4)
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(help_text="SHA-256 of method, path and body.")
    status_code = models.PositiveSmallIntegerField()
    answer = models.TextField(help_text="The body as JSON text, or a token of it when secret.")
    is_secret = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mode", "key"], name="idempotency_mode_key"),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.mode})"
