from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="JobEnd",
            fields=[
                ("task", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("done_at", models.DateTimeField()),
                (
                    "known_since",
                    models.DateTimeField(help_text="When beat knew of it first."),
                ),
            ],
        ),
    ]
