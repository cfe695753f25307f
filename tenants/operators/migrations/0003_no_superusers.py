"""What somebody may do is said by their role alone."""

from django.conf import settings
from django.db import migrations


def leave_it_to_roles(apps, _schema_editor):
    apps.get_model("auth", "User").objects.filter(operator__isnull=False).update(is_superuser=False)


def as_before(apps, _schema_editor):
    apps.get_model("auth", "User").objects.filter(operator__isnull=False).update(is_superuser=True)


class Migration(migrations.Migration):
    dependencies = [
        ("operators", "0002_owners"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [migrations.RunPython(leave_it_to_roles, as_before)]
