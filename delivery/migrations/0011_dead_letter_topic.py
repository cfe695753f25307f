from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0010_dead_letter_code"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="deadletter",
            index=models.Index(fields=["topic", "id"], name="dead_letter_topic"),
        ),
    ]
