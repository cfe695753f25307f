"""Bad news, few as they are, are found by indexes of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0005_redriven_delivery_stopped"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="attempt",
            index=models.Index(
                fields=["id"],
                condition=models.Q(error_class="bad_address"),
                name="attempt_bad_address",
            ),
        ),
        migrations.AddIndex(
            model_name="receipt",
            index=models.Index(
                fields=["id"],
                condition=models.Q(event__in=["bounced", "complained"]),
                name="receipt_bad_news",
            ),
        ),
        migrations.AddIndex(
            model_name="receipt",
            index=models.Index(
                fields=["attempt_id"],
                condition=models.Q(event__in=["bounced", "complained"]),
                name="receipt_bad_attempt",
            ),
        ),
    ]
