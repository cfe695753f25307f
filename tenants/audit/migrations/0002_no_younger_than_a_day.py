"""Retention deletes nothing of the last day, whatever moment it names.

A setting that is wrong, or a clock, must not empty the log: whoever names a moment that is nearer
is refused as a whole. An hour of the day is left for clocks that differ.
"""

from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION keep_audit_log() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$
DECLARE
    cutoff timestamptz := nullif(current_setting('signalbus.audit_retention', true), '');
BEGIN
    IF TG_OP = 'DELETE' AND OLD."timestamp" < cutoff
        AND cutoff <= clock_timestamp() - interval '23 hours'
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The audit log is append-only: % is refused.', TG_OP
        USING ERRCODE = 'insufficient_privilege',
        HINT = 'Entries older than SIGNALBUS_AUDIT_DAYS are deleted by the job purge_audit_logs.';
END
$$;
"""
FORMER = """
CREATE OR REPLACE FUNCTION keep_audit_log() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD."timestamp"
            < nullif(current_setting('signalbus.audit_retention', true), '')::timestamptz
        THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'The audit log is append-only: % is refused.', TG_OP
        USING ERRCODE = 'insufficient_privilege',
        HINT = 'Entries older than SIGNALBUS_AUDIT_DAYS are deleted by the job purge_audit_logs.';
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_append_only")]

    operations = [migrations.RunSQL(GUARD, FORMER)]
