"""What hooks remember: receipts that nobody owns yet, and tokens that proved something once."""

from django.db import migrations, models

import signalbus.core.ids


class Migration(migrations.Migration):
    dependencies = [("tenants", "0004_account_mailboxes")]

    operations = [
        migrations.CreateModel(
            name="HookToken",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("seen_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="StrayReceipt",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=signalbus.core.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("account_id", models.UUIDField()),
                ("event_id", models.CharField(max_length=255)),
                ("reference", models.CharField(db_default="", default="", max_length=255)),
                (
                    "event",
                    models.CharField(
                        help_text="A word of delivery.receipts.EventKind.", max_length=20
                    ),
                ),
                ("error_class", models.CharField(db_default="", default="", max_length=20)),
                ("code", models.CharField(db_default="", default="", max_length=60)),
                ("detail", models.TextField(db_default="", default="")),
                ("raw", models.JSONField(default=dict, help_text="As it came.")),
                ("occurred_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(db_index=True)),
                (
                    "look_at",
                    models.DateTimeField(
                        help_text="When to ask again whose it is; empty: no more.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("look_at__isnull", False)),
                        fields=["look_at"],
                        name="stray_look",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("account_id", "event_id"), name="stray_event")
                ],
            },
        ),
    ]
