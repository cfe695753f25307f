"""A tenant's provider accounts."""

from typing import Any

from django.db import models

from signalbus.bus.streams import Channel
from signalbus.core.ids import new_id
from signalbus.core.sealing import seal, unseal
from tenants.context import current_schema

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
    weight = models.PositiveSmallIntegerField(
        default=1, help_text="Its share among accounts of the same position."
    )
    per_second = models.FloatField(
        null=True, blank=True, help_text="Messages per second that it may send; empty: no limit."
    )
    burst = models.PositiveSmallIntegerField(
        default=1, help_text="Messages that may go at once after a pause."
    )
    domain_per_second = models.FloatField(
        null=True,
        blank=True,
        help_text="The same for each domain of e-mail recipients; empty: no limit.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["channel", "position", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def credentials(self) -> dict[str, Any]:
        """The secrets, opened; needs the tenant's schema to be the current one."""
        return unseal(self.sealed, credentials_context(current_schema()))

    @credentials.setter
    def credentials(self, secrets: dict[str, Any]) -> None:
        self.sealed = seal(secrets, credentials_context(current_schema()))
