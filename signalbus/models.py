"""What the installation remembers of itself, in the public schema."""

from django.db import models


class JobEnd(models.Model):
    """When a periodic job was done last, whoever did it: so doctor sees that nobody does.

    Beat goes on from there when it is started. A job that is new to it is written down at that
    moment, with both times the same.
    """

    task = models.CharField(max_length=100, primary_key=True)
    done_at = models.DateTimeField()
    known_since = models.DateTimeField(help_text="When beat knew of it first.")

    def __str__(self) -> str:
        return self.task
