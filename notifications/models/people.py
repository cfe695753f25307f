"""Recipients and the addresses they can be reached at."""

from django.db import models

from signalbus.bus.streams import Channel
from signalbus.core import personal
from signalbus.core.ids import new_id
from tenants.models import Mode


class Recipient(models.Model):
    """A person known to the tenant by an id of the tenant's own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    mode = models.CharField(max_length=4, choices=Mode.choices, default=Mode.LIVE)
    external_id = models.CharField("id", max_length=255)
    locale = models.CharField(max_length=35, blank=True, help_text="BCP 47, such as `fr-CA`.")
    time_zone = models.CharField(max_length=64, blank=True, help_text="Such as `Europe/Paris`.")
    attributes = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mode", "external_id"], name="recipient_mode_external_id"
            ),
        ]

    def __str__(self) -> str:
        return personal.words(self.external_id)


class Contact(models.Model):
    """One address of a recipient on a channel; e-mail and SMS have at most one each."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="contacts")
    channel = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Channel])
    address = models.CharField(max_length=320, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recipient", "channel"], name="contact_channel"),
        ]

    def __str__(self) -> str:
        return personal.address(self.address)
