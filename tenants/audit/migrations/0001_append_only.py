"""The audit log is written once: no statement changes an entry or takes one away.

Only retention deletes: it says in its transaction, by signalbus.audit_retention, up to which moment
entries may go. Each schema has a function of its own that names none.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION keep_audit_log() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
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
CREATE TRIGGER keep_audit_log BEFORE UPDATE OR DELETE ON auditlog_logentry
    FOR EACH ROW EXECUTE FUNCTION keep_audit_log();
CREATE TRIGGER keep_whole_audit_log BEFORE TRUNCATE ON auditlog_logentry
    FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_log();
CREATE INDEX audit_act ON auditlog_logentry ((additional_data -> 'act'), id);
CREATE INDEX audit_actor ON auditlog_logentry ((additional_data -> 'actor'), id);
"""
NO_GUARD = """
DROP INDEX audit_actor;
DROP INDEX audit_act;
DROP TRIGGER keep_whole_audit_log ON auditlog_logentry;
DROP TRIGGER keep_audit_log ON auditlog_logentry;
DROP FUNCTION keep_audit_log();
"""


class Migration(migrations.Migration):
    dependencies = [("auditlog", "0017_add_actor_email")]

    operations = [migrations.RunSQL(GUARD, NO_GUARD)]
