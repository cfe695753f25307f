"""A tenant may be in the course of being deleted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0007_operators")]

    operations = [
        migrations.AlterField(
            model_name="tenant",
            name="state",
            field=models.CharField(
                choices=[
                    ("spare", "Spare"),
                    ("active", "Active"),
                    ("suspended", "Suspended"),
                    ("deleting", "Deleting"),
                ],
                default="active",
                max_length=9,
            ),
        ),
    ]
