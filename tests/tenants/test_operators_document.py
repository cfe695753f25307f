"""docs/operators.md says what the tables of permissions and of scopes say."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import pytest

from tenants import roles
from tenants.permissions import PERMISSIONS
from tenants.roles import ABILITIES, Ability, Role
from tenants.scopes import ACCESS
from tests.processes import ROOT

DOCUMENT = (ROOT / "docs" / "operators.md").read_text()
HEAD = ["| | viewer | editor | operator | owner |", "|---|---|---|---|---|"]


def _row(name: str, found: Mapping[Role, Iterable[str]]) -> str:
    cells = [", ".join(found.get(role, ())) for role in Role]
    return f"| {name} | {' | '.join(cells)} |"


def _by_least(named: Iterable[tuple[str, Ability]]) -> dict[Role, list[str]]:
    found: defaultdict[Role, list[str]] = defaultdict(list)
    for name, ability in named:
        found[roles.least(ability)].append(name)
    return found


def console_table() -> str:
    """Each model of the consoles: the verbs that every role has beyond the one before."""
    rows = [_row(f"`{label}`", _by_least(verbs.items())) for label, verbs in PERMISSIONS.items()]
    return "\n".join([*HEAD, *rows])


def api_table() -> str:
    """Each route of the API: the methods that every role has beyond the one before."""
    rows = [
        _row(f"`{route}`", _by_least((method, each.ability) for method, each in methods.items()))
        for route, methods in ACCESS.items()
    ]
    return "\n".join([*HEAD, *rows])


def abilities_table() -> str:
    """Each ability, and who has it."""
    rows = [
        f"| `{ability}` | "
        + " | ".join("yes" if ability in ABILITIES[role] else "" for role in Role)
        + " |"
        for ability in Ability
    ]
    return "\n".join([*HEAD, *rows])


@pytest.mark.parametrize("table", [abilities_table, console_table, api_table])
def test_the_document_has_the_table(table: Callable[[], str]) -> None:
    assert table() in DOCUMENT, f"docs/operators.md needs this table:\n{table()}"
