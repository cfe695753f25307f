"""Many tenants in one round trip, each in a transaction of its own."""

import psycopg
import pytest
from django.db import OperationalError, ProgrammingError, connection, transaction
from psycopg.types.json import Jsonb

from tenants.context import current_schema, in_schema, in_tenant
from tenants.identity import TenantIdentity
from tenants.models import Tenant
from tenants.schemas import (
    TenantWork,
    compose,
    count_statements,
    raw_connection,
    run_for_tenants,
    table,
)

INSERT = """INSERT INTO {schema}.notifications_recipient
    (id, mode, external_id, locale, time_zone, attributes, created_at, updated_at)
    VALUES (gen_random_uuid(), 'live', %(name)s, '', '', %(more)s, now(), now())"""
NAMES = "SELECT external_id, attributes FROM {schema}.notifications_recipient ORDER BY 1"


def adding(schema: str, *names: str) -> TenantWork:
    return TenantWork(schema, [(INSERT, {"name": name, "more": Jsonb({"n": 1})}) for name in names])


def names_in(schema: str) -> list[str]:
    (rows,) = run_for_tenants([TenantWork(schema, [(NAMES, {})])])
    assert isinstance(rows, list)
    return [name for name, _ in rows[0]]


def test_rows_come_back_by_tenant_and_statement(
    acme: TenantIdentity, globex: TenantIdentity
) -> None:
    work = [
        TenantWork(acme.schema, [*adding(acme.schema, "a").statements, (NAMES, {})]),
        TenantWork(globex.schema, [(NAMES, {}), ("SELECT %(x)s || '%%' || %(x)s", {"x": "é"})]),
    ]
    assert run_for_tenants(work) == [[[], [("a", {"n": 1})]], [[], [("é%é",)]]]


def test_one_missing_schema_of_a_hundred_fails_alone(acme: TenantIdentity) -> None:
    schemas = [f"t_many_{number}" for number in range(100)]
    with connection.cursor() as cursor:
        for schema in schemas:
            cursor.execute(f"CREATE SCHEMA {schema} CREATE TABLE kept (name text)")
        cursor.execute(f"DROP SCHEMA {schemas[50]} CASCADE")
    statement = "INSERT INTO {schema}.kept VALUES (%(name)s) RETURNING name"
    try:
        results = run_for_tenants(
            [TenantWork(schema, [(statement, {"name": schema})]) for schema in schemas]
        )
        kept = run_for_tenants(
            [TenantWork(schema, [("TABLE {schema}.kept", {})]) for schema in schemas]
        )
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {', '.join(schemas)} CASCADE")
    failed = [number for number, each in enumerate(results) if isinstance(each, Exception)]
    assert failed == [50]
    assert isinstance(results[50], psycopg.errors.UndefinedTable)
    assert [each for number, each in enumerate(kept) if number != 50] == [
        [[(schema,)]] for number, schema in enumerate(schemas) if number != 50
    ]


@pytest.mark.parametrize(
    "breaking",
    [
        ("SELECT 1/0", {}),
        ("SELECT %(text)s::text", {"text": "a\0b"}),
        ("CREATE TABLE {schema}.late (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)", {}),
    ],
    ids=["while running", "before sending", "at commit"],
)
def test_what_fails_undoes_its_own_transaction_only(
    acme: TenantIdentity, globex: TenantIdentity, breaking: tuple[str, dict[str, object]]
) -> None:
    late = [("INSERT INTO {schema}.late VALUES (1), (1)", {})] if "CREATE" in breaking[0] else []
    work = TenantWork(acme.schema, [*adding(acme.schema, "a").statements, breaking, *late])
    bad, good = run_for_tenants([work, adding(globex.schema, "g")])
    assert isinstance(bad, psycopg.Error)
    assert good == [[]]
    assert (names_in(acme.schema), names_in(globex.schema)) == ([], ["g"])


def test_a_lost_connection_is_raised_and_the_next_call_has_a_new_one(acme: TenantIdentity) -> None:
    killed = raw_connection().info.backend_pid
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [killed])
    other.close()
    with pytest.raises(OperationalError):
        run_for_tenants([TenantWork(acme.schema, [(NAMES, {})])])
    assert names_in(acme.schema) == []


def test_a_transaction_around_it_is_refused(acme: TenantIdentity) -> None:
    with transaction.atomic(), pytest.raises(ProgrammingError):
        run_for_tenants([TenantWork(acme.schema, [(NAMES, {})])])


def test_much_data_both_ways_does_not_block(acme: TenantIdentity) -> None:
    text = "x" * 2_000_000
    work = [TenantWork(acme.schema, [("SELECT %(t)s::text", {"t": text})])] * 8
    assert run_for_tenants(work) == [[[(text,)]]] * 8


def test_pipelined_and_ordinary_statements_are_counted(acme: TenantIdentity) -> None:
    list(Tenant.objects.all())
    with count_statements() as counted:
        run_for_tenants([adding(acme.schema, "a", "b")])
        list(Tenant.objects.all())
    assert counted.total == 3


def test_schema_names_are_quoted(acme: TenantIdentity) -> None:
    nasty = 't_"; DROP TABLE x; --'
    composed = compose("SELECT 1 FROM {schema}.a", nasty).as_string(None)
    assert composed == 'SELECT 1 FROM "t_""; DROP TABLE x; --".a'
    assert table(nasty, "a").as_string(None) == '"t_""; DROP TABLE x; --"."a"'
    (result,) = run_for_tenants([TenantWork(nasty, [("SELECT 1 FROM {schema}.a", {})])])
    assert isinstance(result, psycopg.errors.UndefinedTable)


def test_contexts_give_back_what_was(acme: TenantIdentity, globex: TenantIdentity) -> None:
    with in_tenant(acme):
        with in_tenant(globex.schema) as inner:
            assert (inner, current_schema()) == (globex, globex.schema)
        assert current_schema() == acme.schema
        with in_schema("public"):
            assert current_schema() == "public"
    assert current_schema() == "public"
