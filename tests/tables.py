"""Emptying the tables between tests, without touching what each tenant is born with."""

from auditlog.context import disable_auditlog
from django.db import connection

from tenants.models import State, Tenant

PUBLIC = (
    "api_idempotencyrecord",
    "bus_outboxentry",
    "bus_line",
    "bus_linepause",
    "signalbus_jobend",
    "tenants_keyusage",
    "tenants_apikey",
    "tenants_platformkey",
    "tenants_accountdoor",
    "tenants_platformaccount",
    "tenants_strayreceipt",
    "tenants_hooktoken",
    "django_session",
    "auditlog_logentry",
)
OF_A_TENANT = (
    "api_idempotencyrecord",
    "delivery_attempt",
    "delivery_receipt",
    "delivery_deadletter",
    "delivery_redrivendelivery",
    "delivery_redrive",
    "delivery_sandboxmessage",
    "delivery_provideraccount",
    "notifications_action",
    "notifications_delivery",
    "delivery_tallychange",
    "delivery_tally",
    "delivery_move",
    "delivery_listening",
    "notifications_notification",
    "notifications_batch",
    "notifications_suppression",
    "notifications_softbounces",
    "notifications_usage",
    "notifications_notice",
    "notifications_contact",
    "notifications_recipient",
    "django_session",
    "django_admin_log",
    "auditlog_logentry",
    "operators_invitation",
    "operators_signin",
    "operators_operator",
    "otp_static_statictoken",
    "otp_static_staticdevice",
    "otp_totp_totpdevice",
    "auth_user_groups",
    "auth_user_user_permissions",
    "auth_user",
)
# What a tenant is born with stays: only younger rows go. Starters are never edited by tests.
YOUNGER = (
    (
        "notifications_policychannel",
        "policy_id IN (SELECT id FROM {0}.notifications_policy WHERE {1})",
    ),
    ("notifications_policy", "{1}"),
    ("templates_app_templateversion", "{1}"),
    ("templates_app_template", "{1}"),
)

AUDIT_LOG = "auditlog_logentry"
# Its trigger lets nothing young go, whoever asks: only the owner of the table can take it off.
DELETE_AUDIT_LOG = f"""
IF EXISTS (SELECT FROM {{0}}.{AUDIT_LOG}) THEN
    ALTER TABLE {{0}}.{AUDIT_LOG} DISABLE TRIGGER keep_audit_log;
    DELETE FROM {{0}}.{AUDIT_LOG};
    ALTER TABLE {{0}}.{AUDIT_LOG} ENABLE TRIGGER keep_audit_log;
END IF"""
FUNCTION = "CREATE OR REPLACE FUNCTION public.empty_tables()"


def prepare(names: list[str]) -> None:
    """Keep the statements as a function in the database, where they are planned but once."""
    statements = [_delete("public", table) for table in PUBLIC]
    for tenant in Tenant.objects.filter(name__in=names):
        statements += _statements(tenant)
    body = ";\n".join(statements)
    with connection.cursor() as cursor:
        cursor.execute(f"{FUNCTION} RETURNS void LANGUAGE plpgsql AS $$BEGIN {body}; END$$")
        cursor.execute("SELECT public.empty_tables()")  # the log tells that they were made


def empty(names: list[str]) -> None:
    """Delete what a test wrote, of the tenants that it was prepared for and of all others."""
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute("SELECT public.empty_tables()")
    with disable_auditlog():
        Tenant.objects.served().exclude(name__in=names).delete()
    Tenant.objects.filter(name__in=names).update(
        state=State.ACTIVE,
        suspension_reason="",
        limits={},
        inherits_accounts=True,
        two_factor_required=False,
        delete_at=None,
    )


def _delete(schema: str, table: str) -> str:
    return (
        DELETE_AUDIT_LOG.format(schema) if table == AUDIT_LOG else f"DELETE FROM {schema}.{table}"
    )


def _statements(tenant: Tenant) -> list[str]:
    schema = f'"{tenant.schema_name}"'
    younger = f"created_at > '{tenant.created_at.isoformat()}'::timestamptz"
    return [_delete(schema, table) for table in OF_A_TENANT] + [
        f"DELETE FROM {schema}.{table} WHERE {where.format(schema, younger)}"
        for table, where in YOUNGER
    ]
