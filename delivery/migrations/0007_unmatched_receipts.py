"""Receipts without a delivery, as a list of their own."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0006_bad_news"),
    ]

    operations = [
        migrations.CreateModel(
            name="UnmatchedReceipt",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("delivery.receipt",),
        ),
    ]
