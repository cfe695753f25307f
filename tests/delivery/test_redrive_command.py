"""`manage.py redrive`: the same as the API, from a shell."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from delivery.management.commands import redrive as command
from delivery.models import Redrive
from notifications.models import Delivery
from signalbus.bus.models import OutboxEntry
from tenants.context import in_tenant
from tests.delivery.history_rows import make_sent
from tests.make import make_account, make_suppression


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("redrive", "--tenant", "acme", *arguments, stdout=out)
    return out.getvalue()


def make_dead(tenant: Any, **fields: Any) -> None:
    make_sent(tenant, status="dead", delivery={"error_class": "busy", **fields})


@pytest.fixture
def work(acme: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look of the command later, one more has been sent."""

    def sleep(_: float) -> None:
        entry = OutboxEntry.objects.order_by("id").first()
        assert entry is not None
        with in_tenant(acme):
            Delivery.objects.filter(id=entry.id).update(status="sent")
        entry.delete()

    monkeypatch.setattr(command, "sleep", sleep)


def test_it_tells_how_far_it_has_come(acme: Any, work: None):
    for _ in range(2):
        make_dead(acme)
    make_dead(acme, error_class="expired")
    told = run("--filter", "error_class=busy", "--filter", "channel=email")
    assert told.splitlines()[0].startswith("2 are in the line again. Redrive ")
    assert told.splitlines()[1:] == [
        "0 of 2 done (2 queued)",
        "1 of 2 done (1 queued, 1 sent)",
        "2 of 2 done (2 sent)",
    ]


def test_a_dry_run_only_counts(acme: Any):
    make_dead(acme)
    make_dead(acme, address="gone@example.org")
    make_suppression(acme, "gone@example.org")
    told = run("--filter", "status=dead", "--dry-run").splitlines()
    assert told[:2] == ["1 would be redriven.", "1 stay as they are, such as:"]
    assert "g***@example.org" in told[2]
    assert not OutboxEntry.objects.exists()


def test_interrupted_it_goes_on_and_can_be_stopped(acme: Any, monkeypatch: pytest.MonkeyPatch):
    make_dead(acme)
    account = make_account(acme, name="spare")

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "sleep", interrupt)
    told = run("--filter", "status=dead", "--rate", "5", "--account", "spare", "--limit", "9")
    with in_tenant(acme):
        row = Redrive.objects.get()
    assert (row.rate_per_second, row.account_id, row.actor) == (5, account.id, "manage.py redrive")
    assert f"--stop {row.id}" in told
    assert OutboxEntry.objects.count() == 1
    assert run("--stop", str(row.id)) == "Stopped: 1 are as before.\n"
    assert not OutboxEntry.objects.exists()


def test_modes_keep_apart(acme: Any, work: None):
    make_dead(acme)
    assert run("--filter", "status=dead", "--mode", "test").startswith("0 are in the line")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((), "Name at least one of"),
        (("--filter", "colour=red"), "colour"),
        (("--filter", "status=sent"), "status"),
        (("--filter", "status=dead", "--rate", "0"), "--rate"),
        (("--filter", "status=dead", "--limit", "0"), "--limit"),
        (("--filter", "status=dead", "--account", "nobody"), "no provider account"),
        (("--stop", "019aa264-7c18-7d3e-b0f5-2f6e8c1d4a01"), "has that id"),
    ],
)
def test_what_is_wrong_is_told(acme: Any, arguments: tuple[str, ...], word: str):
    with pytest.raises(CommandError, match=word):
        run(*arguments)
