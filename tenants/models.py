"""Tenants, domains and API keys, in the public schema."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django_tenants.models import DomainMixin, TenantMixin

from signalbus.bus.streams import Channel
from signalbus.core import modes
from signalbus.core.ids import new_id
from signalbus.core.sealing import seal, unseal

HOURS_IN_30_DAYS = 720
PLATFORM_CREDENTIALS = "platform/provider-account"  # what they are bound to: they open nowhere else


class State(models.TextChoices):
    """`spare` is a hidden, migrated schema that waits for its tenant; of one that is `deleting`
    there is no way back, and it is served no more.
    """

    SPARE = "spare"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DELETING = "deleting"


class Mode(models.TextChoices):
    """What a key's requests touch: the world, or the simulator only."""

    LIVE = modes.LIVE
    TEST = modes.TEST


class Scope(models.TextChoices):
    """What a key may do; tenants/scopes.py says which endpoint needs which."""

    SEND = "send"
    READ = "read"
    MANAGE = "manage"


class TenantQuerySet(models.QuerySet["Tenant"]):
    def served(self) -> "TenantQuerySet":
        """Tenants that exist for the world: all but the spare ones and those being deleted."""
        return self.exclude(state__in=(State.SPARE, State.DELETING))


class Tenant(TenantMixin):
    """A customer. Its data live in the schema of its own, `t_…`."""

    auto_create_schema = False

    name = models.CharField(
        max_length=63,
        unique=True,
        null=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$", "Use a-z, 0-9 and hyphens.")],
        help_text="The short name that commands and addresses use, such as `acme`.",
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.ACTIVE)
    suspension_reason = models.CharField(max_length=200, blank=True)
    default_locale = models.CharField(max_length=35, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    limits = models.JSONField(
        default=dict, blank=True, help_text="What differs from the table of limits."
    )
    inherits_accounts = models.BooleanField(
        default=True, help_text="Whether the platform's provider accounts serve it as well."
    )
    two_factor_required = models.BooleanField(
        default=False, help_text="Whether its operators have to log in with a second factor."
    )
    delete_at = models.DateTimeField(
        null=True, blank=True, help_text="When everything of it is deleted; it is suspended until."
    )
    idempotency_hours = models.PositiveSmallIntegerField(
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(HOURS_IN_30_DAYS)],
        help_text="How long answers are kept for repeated requests.",
    )
    migrations = models.CharField(
        max_length=64, blank=True, help_text="Digest of the migrations its schema has."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TenantQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name or self.schema_name


class Domain(DomainMixin):
    """A host name that shows its tenant's console."""


class ApiKey(models.Model):
    """A secret that names tenant, mode and scopes. Only its SHA-256 digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=20, help_text="The part of the key that is not secret.")
    digest = models.BinaryField(max_length=32, unique=True)
    mode = models.CharField(max_length=4, choices=Mode.choices)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices))
    limits = models.JSONField(
        default=dict, blank=True, help_text="What differs from the table of limits."
    )
    owner_id = models.IntegerField(
        null=True, help_text="The tenant's user whose key it is: it may do no more than they may."
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "API key"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.scopes = sorted(set(self.scopes))
        super().save(*args, **kwargs)


class KeyUsage(models.Model):
    """What a key with quotas of its own was accepted on a channel on one day of UTC.

    Counted as the tenant's own use is, by the transaction that accepts. The row of no channel
    counts notifications.
    """

    # Without a constraint: each count would have to look the key up, and none is ever deleted alone
    key = models.ForeignKey(
        ApiKey, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="usage"
    )
    channel = models.CharField(max_length=10)
    day = models.DateField()
    count = models.PositiveBigIntegerField()

    class Meta:
        verbose_name_plural = "usage of keys"
        constraints = [
            models.UniqueConstraint(fields=["key", "day", "channel"], name="key_usage_day"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} on {self.day}: {self.count}"


class PlatformKey(models.Model):
    """A secret that opens the platform's own API. Only its SHA-256 digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=20, help_text="The part of the key that is not secret.")
    digest = models.BinaryField(max_length=32, unique=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class PlatformAccount(models.Model):
    """A provider account of the platform, which tenants use without seeing its credentials."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=100, unique=True)
    kind = models.CharField(max_length=40)
    channel = models.CharField(
        max_length=10, choices=[(channel.value, channel.value) for channel in Channel]
    )
    options = models.JSONField(default=dict, blank=True, help_text="What is not secret.")
    sealed = models.TextField(default="", editable=False, help_text="Encrypted credentials.")
    enabled = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0, help_text="The lowest is used first.")
    weight = models.PositiveSmallIntegerField(
        default=1, help_text="Its share among accounts of the same position."
    )
    per_second = models.FloatField(
        null=True, blank=True, help_text="Messages per second of all tenants; empty: no limit."
    )
    burst = models.PositiveSmallIntegerField(
        default=1, help_text="Messages that may go at once after a pause."
    )
    domain_per_second = models.FloatField(
        null=True,
        blank=True,
        help_text="The same for each domain of e-mail recipients; empty: no limit.",
    )
    tenant_per_second = models.FloatField(
        null=True, blank=True, help_text="Messages per second of each tenant; empty: no limit."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "provider account"
        ordering = ["channel", "position", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def credentials(self) -> dict[str, Any]:
        """The secrets, opened. Raises SecretError."""
        return unseal(self.sealed, PLATFORM_CREDENTIALS)

    @credentials.setter
    def credentials(self, secrets: dict[str, Any]) -> None:
        self.sealed = seal(secrets, PLATFORM_CREDENTIALS)


class AccountDoor(models.Model):
    """Whose a provider account is, so that what its provider calls finds the tenant.

    One without a tenant is the platform's.
    """

    account_id = models.UUIDField(primary_key=True)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, null=True, related_name="doors")
    last_receipt_at = models.DateTimeField(null=True)
    mailbox_read_at = models.DateTimeField(
        null=True, help_text="When the mailbox of its bounces was looked into last."
    )
    mailbox_error = models.CharField(
        max_length=300, default="", db_default="", help_text="Why that did not work, if so."
    )

    def __str__(self) -> str:
        return str(self.account_id)


class StrayReceipt(models.Model):
    """A receipt of a platform's account of which nobody knows yet whose it is.

    It is kept until a tenant has recorded the attempt that it speaks of, or its days are over.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account_id = models.UUIDField()
    event_id = models.CharField(max_length=255)
    reference = models.CharField(max_length=255, db_default="", default="")
    event = models.CharField(max_length=20, help_text="A word of delivery.receipts.EventKind.")
    error_class = models.CharField(max_length=20, db_default="", default="")
    code = models.CharField(max_length=60, db_default="", default="")
    detail = models.TextField(db_default="", default="")
    raw = models.JSONField(default=dict, help_text="As it came.")
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(db_index=True)
    look_at = models.DateTimeField(
        null=True, help_text="When to ask again whose it is; empty: no more."
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["account_id", "event_id"], name="stray_event"),
        ]
        indexes = [
            models.Index(
                fields=["look_at"], condition=models.Q(look_at__isnull=False), name="stray_look"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.event_id}"


class HookToken(models.Model):
    """A token that a hook was proven by once, and what came with it: it proves nothing else."""

    key = models.CharField(primary_key=True, max_length=64)
    digest = models.CharField(max_length=64)
    seen_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.key
