"""Everybody who could log in until now may go on doing everything."""

from django.conf import settings
from django.db import migrations


def make_owners(apps, _schema_editor):
    users = apps.get_model("auth", "User").objects.filter(is_staff=True)
    Operator = apps.get_model("operators", "Operator")
    Operator.objects.bulk_create(
        [Operator(user_id=user.pk, role="owner") for user in users], ignore_conflicts=True
    )


class Migration(migrations.Migration):
    dependencies = [
        ("operators", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [migrations.RunPython(make_owners, migrations.RunPython.noop)]
