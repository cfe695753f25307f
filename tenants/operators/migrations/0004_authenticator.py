"""Authenticators whose secret is sealed: another way to read the table of django-otp."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("operators", "0003_no_superusers"),
        ("otp_totp", "0003_add_timestamps"),
    ]
    operations = [
        migrations.CreateModel(
            name="Authenticator",
            fields=[],
            options={"proxy": True, "indexes": [], "constraints": []},
            bases=("otp_totp.totpdevice",),
        ),
    ]
