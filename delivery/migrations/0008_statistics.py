"""Statistics: two tables, the trigger that keeps them, and what there was before it."""

# ruff: noqa: S608 - only constants are put together

from django.db import migrations, models

BOUNDS = "0.05,0.1,0.25,0.5,1,2,5,10,20,30,60,120,300,600,1800,3600,21600,86400"
# Of a delivery that a provider took: how long after it was made, or was to be sent, it was settled.
BUCKET = f"""CASE WHEN status IN ('sent', 'delivered') THEN width_bucket(
        extract(epoch FROM settled_at - greatest(created_at, (
            SELECT send_at FROM notifications_notification WHERE id = notification_id
        )))::float8, '{{{BOUNDS}}}'::float8[]
    ) ELSE -1 END"""
PLACE = f"""date_bin('1 hour', created_at, '2000-01-01 00:00+00'), mode, channel, provider, status,
    error_class, coalesce({BUCKET}, -1)"""
COLUMNS = "(hour, mode, channel, provider, status, error_class, bucket, count)"
USED = "created_at, settled_at, notification_id, mode, channel, provider, status, error_class"

# The trigger's function is each schema's own and names none, since schemas are renamed. The search
# path is set to the schema of the table that was changed, and is what it was at the function's end:
# so the statements need not be put together anew for each call, whose plans cost more than all the
# rest. Without sequential scans they are also good for a table that has grown since they were made.
FUNCTION = f"""
CREATE FUNCTION count_deliveries() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog SET enable_seqscan = off AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM after) THEN
        RETURN NULL;
    END IF;
    PERFORM set_config('search_path', quote_ident(TG_TABLE_SCHEMA), true);
    IF TG_OP = 'INSERT' THEN
        INSERT INTO delivery_tallychange {COLUMNS}
        SELECT {PLACE}, count(*) FROM after GROUP BY 1, 2, 3, 4, 5, 6, 7;
    ELSE
        INSERT INTO delivery_tallychange {COLUMNS}
        SELECT {PLACE}, sum(difference) FROM (
            SELECT -1 AS difference, {USED} FROM before
            UNION ALL SELECT 1, {USED} FROM after
        ) moved
        GROUP BY 1, 2, 3, 4, 5, 6, 7 HAVING sum(difference) <> 0;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER count_made AFTER INSERT ON notifications_delivery
    REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION count_deliveries();
CREATE TRIGGER count_moved AFTER UPDATE ON notifications_delivery
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION count_deliveries();
"""
NO_FUNCTION = """
DROP TRIGGER count_made ON notifications_delivery;
DROP TRIGGER count_moved ON notifications_delivery;
DROP FUNCTION count_deliveries();
"""
# Nobody changes a delivery between the triggers' making, which locks the table, and the COMMIT.
COUNT_PAST = f"""
INSERT INTO delivery_tally {COLUMNS}
SELECT {PLACE}, count(*) FROM notifications_delivery GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
# Rows of a minute's life: vacuumed by their number, whatever the table held before.
STORAGE = """
ALTER TABLE delivery_tallychange SET (
    autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_analyze_threshold = 20000
)
"""
COUNTED = [
    ("id", models.BigAutoField(primary_key=True, serialize=False)),
    (
        "hour",
        models.DateTimeField(help_text="Its beginning, in UTC; older rows: of the day."),
    ),
    ("mode", models.CharField(max_length=4)),
    ("channel", models.CharField(max_length=10)),
    ("provider", models.CharField(help_text="Empty until there was one.", max_length=40)),
    ("status", models.CharField(max_length=9)),
    ("error_class", models.CharField(max_length=20)),
    (
        "bucket",
        models.SmallIntegerField(
            help_text="The place of its latency in statistics.latency.BOUNDS; -1: it has none."
        ),
    ),
    ("count", models.BigIntegerField()),
]


class Migration(migrations.Migration):
    dependencies = [
        ("delivery", "0007_unmatched_receipts"),
        ("notifications", "0005_action_detail"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=COUNTED,
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=[
                            "hour",
                            "mode",
                            "channel",
                            "provider",
                            "status",
                            "error_class",
                            "bucket",
                        ],
                        name="tally_place",
                    ),
                ],
            },
        ),
        migrations.CreateModel(name="TallyChange", fields=COUNTED),
        migrations.RunSQL(STORAGE, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTION, NO_FUNCTION),
        migrations.RunSQL(COUNT_PAST, migrations.RunSQL.noop),
    ]
