from django.db import migrations, models

# The line is inserted into, updated two or three times and deleted from within seconds: room on the
# page for the next version of a row, and a vacuum by numbers instead of by a share of the table, so
# that a large backlog does not put it off. Without the pause between its steps it keeps up.
STORAGE = """
ALTER TABLE public.bus_outboxentry SET (
    fillfactor = 70,
    autovacuum_vacuum_threshold = 2000,
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_insert_threshold = 20000,
    autovacuum_vacuum_insert_scale_factor = 0.1,
    autovacuum_analyze_threshold = 5000,
    autovacuum_analyze_scale_factor = 0.1,
    autovacuum_vacuum_cost_delay = 0
)
"""
DEFAULTS = """
ALTER TABLE public.bus_outboxentry RESET (
    fillfactor,
    autovacuum_vacuum_threshold,
    autovacuum_vacuum_scale_factor,
    autovacuum_vacuum_insert_threshold,
    autovacuum_vacuum_insert_scale_factor,
    autovacuum_analyze_threshold,
    autovacuum_analyze_scale_factor,
    autovacuum_vacuum_cost_delay
)
"""


class Migration(migrations.Migration):
    dependencies = [("bus", "0001_initial")]

    operations = [
        migrations.RunSQL(STORAGE, DEFAULTS),
        migrations.RemoveIndex(model_name="outboxentry", name="outbox_published"),
        migrations.AddIndex(
            model_name="outboxentry",
            index=models.Index(
                condition=models.Q(("claim__isnull", True), ("published", True)),
                fields=["stream", "tenant_id", "available_at"],
                name="outbox_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="outboxentry",
            index=models.Index(
                condition=models.Q(("claim__isnull", False)),
                fields=["available_at"],
                name="outbox_claimed",
            ),
        ),
    ]
