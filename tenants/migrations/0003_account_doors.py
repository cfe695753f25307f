"""Doors tell when the last receipt came in, and the platform's accounts have them too."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0002_delivery_core")]

    operations = [
        migrations.AlterField(
            model_name="accountdoor",
            name="tenant",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="doors",
                to="tenants.tenant",
            ),
        ),
        migrations.AddField(
            model_name="accountdoor",
            name="last_receipt_at",
            field=models.DateTimeField(null=True),
        ),
    ]
