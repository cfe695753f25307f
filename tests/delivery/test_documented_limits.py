"""docs/limits.md says what the code holds: the stops and the bounds of sending."""

from pathlib import Path
from typing import Any

from delivery import breaker_rule
from delivery.account_limits import BIGGEST_BURST, FASTEST, SLOWEST
from delivery.guard import rule as guard
from delivery.models import ProviderAccount
from delivery.pipeline import flood, lacking
from delivery.redrives import orders
from notifications.noticed import Kind
from notifications.requests import MOST_ITEMS
from notifications.suppression_csv import MOST_ROWS
from signalbus.api import pagination
from tenants.floods import LOOKS_PER_SECOND

PAGE = (Path(__file__).parents[2] / "docs" / "limits.md").read_text()


def row(name: str) -> str:
    (found,) = [line for line in PAGE.splitlines() if line.startswith(f"| {name} |")]
    return found


def test_accounts_rates() -> None:
    burst: Any = ProviderAccount._meta.get_field("burst")
    assert f"from {SLOWEST:g} to {FASTEST:g}" in row("`per_second`")
    assert f"| {burst.default} |" in row("`burst`")
    assert f"up to {BIGGEST_BURST}" in row("`burst`")


def test_redrives_bounds() -> None:
    assert f"| {orders.LIMIT} | Deliveries that it takes, up to {orders.MOST} |" in row("`limit`")


def test_the_breakers_figures() -> None:
    said = row("breaker")
    assert f"{breaker_rule.IN_A_ROW} faults of the provider in a row" in said
    assert breaker_rule.FAULTY == 0.5
    assert f"half of at least {breaker_rule.FEWEST} outcomes within" in said
    assert f"within {breaker_rule.WINDOW_SECONDS} s" in said
    assert f"after {breaker_rule.FIRST_PAUSE:g} s, then after twice as long" in said
    assert f"{breaker_rule.LONGEST_PAUSE:g} s at most" in said


def test_the_floods_figures(settings: Any) -> None:
    said = f"more than {settings.FLOOD_PERCENT:g} % of at least {flood.LEAST} ends"
    assert f"{said} within {flood.SECONDS} s" in row("flood")


def test_the_figures_of_channels_without_an_account() -> None:
    said = row("no account")
    assert f"{lacking.MANY} messages within {lacking.MINUTE:g} s" in said
    assert f"every {lacking.PAUSE_SECONDS / 60:g} minutes" in said


def test_the_guards_bounds() -> None:
    for name, kind in (("guard, bounces", Kind.BOUNCES), ("guard, complaints", Kind.COMPLAINTS)):
        bounds = guard.BOUNDS[kind]
        assert f"warned at {bounds.warn / 10:g} %, stopped at {bounds.stop / 10:g} %" in row(name)
    assert f"last {guard.WINDOW} e-mails (at least {guard.LEAST})" in row("guard, bounces")


def test_soft_bounces_figures(settings: Any) -> None:
    said = row("soft bounces")
    assert f"{settings.SOFT_BOUNCES} within {settings.SOFT_BOUNCE_DAYS} days" in said
    assert f"after {settings.SOFT_SUPPRESSION_DAYS} days" in said


def test_sizes(settings: Any) -> None:
    assert settings.MAX_BODY_BYTES == 1024**2
    assert settings.MAX_BATCH_BODY_BYTES == 8 * 1024**2
    assert f"| {MOST_ITEMS} |" in row("items of a batch, recipients of a publication")
    assert f"| {MOST_ROWS} |" in row("rows of a file of suppressions")
    assert f"| {pagination.DEFAULT_LIMIT} unless asked, up to {pagination.MOST} |" in PAGE


def test_looks_at_keys_of_blocked_addresses() -> None:
    assert f"a process looks up {LOOKS_PER_SECOND} in a second at the most" in PAGE
