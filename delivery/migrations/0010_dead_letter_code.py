"""What the provider called the last error, kept by each dead letter for itself.

Letters made before get the code of their delivery where it still stands, and otherwise that of the
last attempt that was made before they were.
"""

from django.db import migrations, models

BACKFILL = """
UPDATE delivery_deadletter letter SET code = coalesce(CASE
    WHEN letter.redriven_at IS NULL THEN (
        SELECT error_code FROM notifications_delivery WHERE id = letter.delivery_id
    ) ELSE (
        SELECT attempt.code FROM delivery_attempt attempt
        WHERE attempt.delivery_id = letter.delivery_id AND attempt.started_at <= letter.created_at
            AND attempt.error_class = letter.error_class
        ORDER BY attempt.id DESC LIMIT 1
    ) END, '')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0009_live"),
    ]

    operations = [
        migrations.AddField(
            model_name="deadletter",
            name="code",
            field=models.CharField(
                db_default="", default="", help_text="The provider's own code.", max_length=60
            ),
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
    ]
