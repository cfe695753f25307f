import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0004_receipt_hooks"),
    ]

    operations = [
        migrations.AddField(
            model_name="redrivendelivery",
            name="stopped",
            field=models.BooleanField(default=False, help_text="Whether a stop put it back."),
        ),
        migrations.AlterField(
            model_name="redrivendelivery",
            name="redrive",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="delivery.redrive",
            ),
        ),
    ]
