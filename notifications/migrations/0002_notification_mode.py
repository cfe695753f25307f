"""The newest notifications of a mode, however many younger ones the other mode has."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["mode", "id"], name="notification_mode"),
        ),
    ]
