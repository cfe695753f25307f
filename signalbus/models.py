"""What the installation remembers of itself, in the public schema."""

from django.db import models


class JobEnd(models.Model):
    """When a periodic job was done last, whoever did it: so doctor sees that nobody does."""

    task = models.CharField(max_length=100, primary_key=True)
    done_at = models.DateTimeField()
    known_since = models.DateTimeField(help_text="When it was done for the first time.")

    def __str__(self) -> str:
        return self.task
