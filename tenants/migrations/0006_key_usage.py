"""What keys with quotas of their own were accepted."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0005_hook_memory")]

    operations = [
        migrations.AlterModelOptions(
            name="platformaccount",
            options={
                "ordering": ["channel", "position", "id"],
                "verbose_name": "provider account",
            },
        ),
        migrations.CreateModel(
            name="KeyUsage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(max_length=10)),
                ("day", models.DateField()),
                ("count", models.PositiveBigIntegerField()),
                (
                    "key",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="usage",
                        to="tenants.apikey",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "usage of keys",
                "constraints": [
                    models.UniqueConstraint(fields=("key", "day", "channel"), name="key_usage_day")
                ],
            },
        ),
    ]
