"""`make status` tells of lines that stand still, without starting Django."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from signalbus.bus import lines, lines_sql
from signalbus.embedded import pauses, status
from signalbus.embedded.readiness import Readiness
from tenants.identity import TenantIdentity


@pytest.fixture
def environment() -> dict[str, str]:
    """The variables of a process of the stack, for the test's own database."""
    known = connection.settings_dict
    place = f"{known['HOST']}:{known['PORT']}/{known['NAME']}"
    return {"DATABASE_URL": f"postgresql://{known['USER']}:{known['PASSWORD']}@{place}"}


def test_nothing_is_said_where_all_lines_run(
    acme: TenantIdentity, environment: dict[str, str]
) -> None:
    lines.pause("email.bulk", acme.id, "limit")
    lines.pause("email.high", acme.id, "guard", seconds=-1)
    assert pauses.told(environment) == ""


def test_lines_that_stand_still_are_named(
    acme: TenantIdentity, globex: TenantIdentity, environment: dict[str, str]
) -> None:
    lines.pause("email.bulk", acme.id, "guard")
    assert pauses.told(environment) == "1 line paused: acme email.bulk (guard)"
    lines.pause(lines.EVERY_STREAM, globex.id, "suspended")
    assert pauses.told(environment) == (
        "2 lines paused: acme email.bulk (guard), globex all lanes (suspended)"
    )


@pytest.mark.parametrize(
    ("reason", "said"),
    [("guard", "ok, but 1 line paused: acme email.bulk (guard)"), ("limit", "ok")],
)
def test_the_line_of_health_says_so(
    acme: TenantIdentity,
    environment: dict[str, str],
    reason: str,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(status, "readiness", lambda _: Readiness(status="ok"))
    lines.pause("email.bulk", acme.id, reason)
    probe = SimpleNamespace(port=1)
    web: Any = SimpleNamespace(name="web", probe=probe, resolved_environment=lambda: environment)
    assert status._health([web]) == said


def test_of_many_the_first_are_named(acme: TenantIdentity, environment: dict[str, str]) -> None:
    for number in range(7):
        lines.pause(f"email.{number}", acme.id, "operator")
    said = pauses.told(environment)
    assert said.startswith("7 lines paused: ")
    assert said.endswith(" and 2 more")


def test_a_database_that_is_away_is_another_lines_news() -> None:
    assert pauses.told({"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none"}) == ""
    assert pauses.told({}) == ""


def test_what_is_soft_is_so_here_and_in_the_bus() -> None:
    assert set(pauses.SOFT) == set(lines_sql.SOFT)
