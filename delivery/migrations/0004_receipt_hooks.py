"""What receipts of hooks are matched and purged by, and doors for the accounts that exist."""

from django.db import migrations, models

OPEN_DOORS = """
INSERT INTO public.tenants_accountdoor (account_id, tenant_id)
SELECT account.id, tenant.id
FROM delivery_provideraccount account
JOIN public.tenants_tenant tenant ON tenant.schema_name = current_schema()
ON CONFLICT (account_id) DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0003_redrive_stop"),
        ("tenants", "0003_account_doors"),
    ]

    operations = [
        migrations.AddField(
            model_name="receipt",
            name="error_class",
            field=models.CharField(db_default="", default="", max_length=20),
        ),
        migrations.AlterField(
            model_name="receipt",
            name="event",
            field=models.CharField(
                help_text="A word of delivery.receipts.EventKind.", max_length=20
            ),
        ),
        migrations.AlterField(
            model_name="receipt",
            name="raw",
            field=models.JSONField(default=dict, help_text="As it came; emptied after some days."),
        ),
        migrations.AddIndex(
            model_name="receipt",
            index=models.Index(
                condition=models.Q(("raw", {}), _negated=True), fields=["id"], name="receipt_raw"
            ),
        ),
        migrations.RunSQL(OPEN_DOORS, migrations.RunSQL.noop),
    ]
