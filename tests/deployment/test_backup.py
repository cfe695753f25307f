"""A dump as docs/backup.md takes it, restored into an empty database: nothing is missing."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from signalbus.embedded.postgres_files import binaries
from tenants.identity import TenantIdentity
from tests.door import Api
from tests.processes import ROOT

GUIDE = (ROOT / "docs" / "backup.md").read_text()
TABLES = """
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
"""


def flags(program: str) -> list[str]:
    """Those of the guide's command, but for whose database it is."""
    (words,) = re.findall(rf"{program} -U signalbus (.*?) [<>]", GUIDE)
    return [word for word in words.split() if word not in ("-d", "signalbus")]


def run(program: str, *words: str | Path) -> None:
    server = connection.get_connection_params()
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password"}
    known = {name: str(server[key]) for name, key in names.items() if server.get(key)}
    done = subprocess.run(
        [binaries() / program, *words], env={**os.environ, **known}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def restored(tmp_path: Path, acme: TenantIdentity, test_api: Api) -> "Iterator[psycopg.Connection]":
    """The copy of a database in which a message was accepted."""
    body = {"channel": "email", "to": "ana@example.org", "subject": "Hi", "text": "Hello"}
    assert test_api.post("/notifications", body).status == 202
    own, dump = connection.settings_dict["NAME"], tmp_path / "dump"
    run("pg_dump", *flags("pg_dump"), "-f", dump, own)
    copied = f"{own}_restored"
    run("dropdb", "--if-exists", copied)
    run("createdb", "-E", "UTF8", "-T", "template0", copied)
    run("pg_restore", *flags("pg_restore"), "-d", copied, dump)
    with psycopg.connect(**{**connection.get_connection_params(), "dbname": copied}) as copy:
        yield copy
    run("dropdb", copied)


def counts(ask: "psycopg.Connection") -> dict[str, int]:
    """How many rows each table of every schema has."""
    tables = [table for (table,) in ask.execute(TABLES)]
    return {table: len(ask.execute(f"SELECT 1 FROM {table}").fetchall()) for table in tables}


def test_every_row_is_there_and_the_audit_log_still_is_append_only(
    restored: psycopg.Connection, acme: TenantIdentity
) -> None:
    connection.ensure_connection()
    original = counts(connection.connection)
    assert original[f"{acme.schema}.notifications_notification"] == 1
    assert counts(restored) == original
    restored.execute("SET search_path TO public")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
        restored.execute(f"TRUNCATE {acme.schema}.auditlog_logentry")
    restored.rollback()
