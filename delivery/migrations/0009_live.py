"""The live stream: the moves that it tells, who listens, and the trigger that writes them."""

# ruff: noqa: S608 - only constants are put together

from django.db import migrations, models

COLUMNS = """(at, mode, channel, topic, notification_id, delivery_id, status, previous, reason,
    provider, error_class)"""
TOPIC = """coalesce((
            SELECT topic FROM notifications_notification WHERE id = after.notification_id
        ), '')"""


def _moved(previous: str) -> str:
    return f"""SELECT clock_timestamp(), after.mode, after.channel, {TOPIC},
            after.notification_id, after.id, after.status, {previous}, after.reason,
            after.provider, after.error_class"""


# Each schema has a function of its own that names none, as that of the statistics (0008). While
# nobody listens it looks at one row and writes nothing.
FUNCTION = f"""
CREATE FUNCTION tell_moves() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM after) THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('search_path', quote_ident(TG_TABLE_SCHEMA), true);
    IF NOT EXISTS (SELECT FROM delivery_listening WHERE until > now()) THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO delivery_move {COLUMNS}
        {_moved("''")} FROM after;
    ELSE
        INSERT INTO delivery_move {COLUMNS}
        {_moved("before.status")} FROM after JOIN before ON before.id = after.id
        WHERE before.status <> after.status;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER tell_made AFTER INSERT ON notifications_delivery
    REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION tell_moves();
CREATE TRIGGER tell_moved AFTER UPDATE ON notifications_delivery
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION tell_moves();
"""
NO_FUNCTION = """
DROP TRIGGER tell_made ON notifications_delivery;
DROP TRIGGER tell_moved ON notifications_delivery;
DROP FUNCTION tell_moves();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0008_statistics"),
        ("notifications", "0005_action_detail"),
    ]

    operations = [
        migrations.CreateModel(
            name="Move",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("mode", models.CharField(max_length=4)),
                ("channel", models.CharField(max_length=10)),
                ("topic", models.CharField(max_length=100)),
                ("notification_id", models.UUIDField()),
                ("delivery_id", models.UUIDField()),
                ("status", models.CharField(max_length=9)),
                (
                    "previous",
                    models.CharField(help_text="Empty where it was just made.", max_length=9),
                ),
                ("reason", models.CharField(max_length=20)),
                ("provider", models.CharField(max_length=40)),
                ("error_class", models.CharField(max_length=20)),
            ],
        ),
        migrations.CreateModel(
            name="Listening",
            fields=[
                (
                    "id",
                    models.SmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("until", models.DateTimeField()),
                (
                    "floor",
                    models.BigIntegerField(
                        help_text="Of the moves with ids up to it, some were not kept, or are gone."
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "listening",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="listening_is_one_row"
                    ),
                ],
            },
        ),
        migrations.RunSQL(FUNCTION, NO_FUNCTION),
    ]
