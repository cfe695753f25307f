"""The progress of a redrive, and its end before its time."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from delivery.models import DeadLetter
from delivery.redrives import sql
from notifications.models import Notification
from signalbus.bus.models import OutboxEntry
from signalbus.core.ids import new_id
from tenants.context import in_tenant
from tests.delivery.redrive_kit import TOPIC, again, end, make_dead, taken
from tests.door import Api


def test_progress(api: Api, acme: Any):
    rows = [make_dead(acme) for _ in range(4)]
    key = api.post("/redrives", TOPIC).body["id"]
    end(acme, rows[0], "sent")
    end(acme, rows[1], "dead")
    shown = api.get(f"/redrives/{key}").body
    assert (shown["status"], shown["count"], shown["done"], shown["waiting"]) == (
        "running",
        4,
        2,
        2,
    )
    assert shown["counts"] == {"queued": 2, "sent": 1, "dead": 1}
    for row in rows[2:]:
        end(acme, row, "delivered")
    (listed,) = api.get("/redrives").body["results"]
    assert (listed["status"], listed["done"], listed["waiting"]) == ("done", 4, 0)


def test_stop_puts_back_what_was_not_begun(api: Api, acme: Any):
    waiting, begun, retrying, ended = rows = [make_dead(acme) for _ in range(4)]
    former = again(acme, waiting)
    key = api.post("/redrives", {**TOPIC, "rate_per_second": 1}).body["id"]
    now = timezone.now()
    OutboxEntry.objects.filter(id=begun.id).update(claim=new_id(), claimed_at=now)
    OutboxEntry.objects.filter(id=retrying.id).update(claimed_at=now, tries=1)
    end(acme, ended, "sent")
    stopped = api.post(f"/redrives/{key}/stop")
    assert stopped.status == 200
    told = stopped.body
    assert (told["status"], told["stopped"], told["waiting"], told["done"]) == ("stopped", 1, 2, 1)
    assert told["counts"] == {"queued": 2, "sent": 1}
    after = again(acme, waiting)
    for name in ("status", "error_class", "error_code", "detail", "settled_at", "deadline"):
        assert getattr(after, name) == getattr(former, name), name
    assert (after.redrives, after.possibly_repeated) == (0, False)
    assert not OutboxEntry.objects.filter(id=waiting.id).exists()
    assert {again(acme, row).status for row in rows[1:3]} == {"queued"}
    with in_tenant(acme):
        assert [each.delivery_id for each in DeadLetter.objects.filter(redriven_at=None)] == [
            waiting.id
        ]
        assert Notification.objects.get(id=waiting.notification_id).status == "dead"
    events = [
        e["event"] for e in api.get(f"/notifications/{waiting.notification_id}").body["timeline"]
    ]
    assert events[-2:] == ["redriven", "redrive stopped"]
    assert api.post(f"/redrives/{key}/stop").body["stopped"] == 1
    assert taken(api.post("/redrives", TOPIC)) == 1


def test_what_is_over_cannot_be_stopped(api: Api, acme: Any):
    row = make_dead(acme)
    key = api.post("/redrives", TOPIC).body["id"]
    end(acme, row, "sent")
    answer = api.post(f"/redrives/{key}/stop")
    assert (answer.status, answer.kind, answer.body["state"]) == (409, "too-late", "done")


def test_stop_leaves_what_somebody_redrove_since(api: Api, acme: Any):
    first, second = make_dead(acme), make_dead(acme)
    key = api.post("/redrives", TOPIC).body["id"]
    end(acme, first, "dead")
    assert api.post(f"/notifications/{first.notification_id}/redrive").status == 202
    assert api.post(f"/redrives/{key}/stop").body["stopped"] == 1
    assert [again(acme, row).status for row in (first, second)] == ["queued", "dead"]


@pytest.mark.parametrize("known", [0, 1])
def test_no_row_is_joined_with_all_others_where_the_planner_knows_of_few(
    api: Api, acme: Any, known: int
):
    """A line that was empty when PostgreSQL looked last, and is not any more."""
    for _ in range(3):
        make_dead(acme)
    key = api.post("/redrives", TOPIC).body["id"]
    with in_tenant(acme), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_class SET reltuples = %s, relpages = 200"
            " WHERE relname IN ('bus_outboxentry', 'delivery_redrivendelivery')",
            [known],
        )
        cursor.execute(f"EXPLAIN {sql.TAKE_OUT}", {"redrive": key, "mark": str(key)})
        plan = "\n".join(line for (line,) in cursor.fetchall())
        transaction.set_rollback(True)
    assert "Join Filter" not in plan, plan
