"""What a tenant's operators have to know, and may have to lift."""

from django.db import models

from signalbus.core.ids import new_id


class Notice(models.Model):
    """Something that was noticed by itself: a quota nearly used up, a lane that was stopped.

    Of each kind and subject at most one is open; it is open until lifted, by a person or by itself.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=30, help_text="Such as quota, bounces, complaints, flood.")
    subject = models.CharField(max_length=100, help_text="What it is about, such as email.bulk.")
    severity = models.CharField(max_length=8, help_text="warning, or stopped.")
    text = models.CharField(max_length=500)
    opened_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=150, default="")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=models.Q(lifted_at__isnull=True),
                name="notice_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.subject}"
