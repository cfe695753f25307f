"""Templates and their versions, in each tenant's schema; shared by live and test keys."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models

from signalbus.bus.streams import Channel
from signalbus.core.ids import new_id


class Template(models.Model):
    """A named message; what it says on a channel, in a locale, stands in its versions."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(
        max_length=100,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z0-9][a-z0-9._-]*$", "Use a-z, 0-9, dots, hyphens, underscores.")
        ],
    )
    description = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TemplateVersion(models.Model):
    """One text of a template. It never changes once published; a change is a new version.

    At most one version of a template, channel and locale is `current`: the one that new
    notifications are pinned to.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="versions")
    channel = models.CharField(max_length=10, choices=[(c.value, c.value) for c in Channel])
    locale = models.CharField(max_length=35, help_text="BCP 47, such as `fr-CA`.")
    number = models.PositiveIntegerField()
    subject = models.TextField(blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    required = ArrayField(
        models.CharField(max_length=100),
        default=list,
        editable=False,
        help_text="Variables that a notification has to bring, found in the text.",
    )
    current = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "template version"
        ordering = ["channel", "locale", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "channel", "locale", "number"], name="version_number"
            ),
            models.UniqueConstraint(
                fields=["template", "channel", "locale"],
                condition=models.Q(current=True),
                name="version_current",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template.name} {self.channel} {self.locale} v{self.number}"
