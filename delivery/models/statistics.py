"""How many deliveries came to what, by hour: what `delivery.statistics` keeps and reads.

A trigger of the deliveries' table writes every change of them as a TallyChange, in the transaction
that makes it; nothing else may write these tables but the jobs of `delivery.statistics`.
"""

from django.db import models

NO_BUCKET = -1  # of what no provider has taken


class _Counted(models.Model):
    """So many deliveries made in the hour, which are alike in everything else."""

    id = models.BigAutoField(primary_key=True)
    hour = models.DateTimeField(help_text="Its beginning, in UTC; older rows: of the day.")
    mode = models.CharField(max_length=4)
    channel = models.CharField(max_length=10)
    provider = models.CharField(max_length=40, help_text="Empty until there was one.")
    status = models.CharField(max_length=9)
    error_class = models.CharField(max_length=20)
    bucket = models.SmallIntegerField(
        help_text="The place of its latency in statistics.latency.BOUNDS; -1: it has none."
    )
    count = models.BigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.count} {self.status} by {self.channel}"


class Tally(_Counted):
    """So many there are, but for what the changes say."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["hour", "mode", "channel", "provider", "status", "error_class", "bucket"],
                name="tally_place",
            ),
        ]


class TallyChange(_Counted):
    """So many more there are, or fewer, since the tallies were last brought up to date."""
