"""Weights of lines, by the platform's console and by the command."""

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from signalbus.bus.lines import pause, set_weight
from signalbus.bus.models import Line, LinePause
from tenants.identity import TenantIdentity

LIST = "/admin/bus/line/"


def _weights() -> list[tuple[str, int, int]]:
    return list(Line.objects.order_by("stream").values_list("stream", "tenant_id", "weight"))


def test_the_platform_gives_changes_and_takes_back_weights(
    platform: Client, acme: TenantIdentity
) -> None:
    wish = {"tenant": acme.id, "stream": "email.bulk", "weight": 3}
    assert platform.post(f"{LIST}add/", wish).status_code == 302
    assert platform.post(f"{LIST}add/", {**wish, "weight": 4}).status_code == 302
    assert _weights() == [("email.bulk", acme.id, 4)], "a second wish replaces the first"
    page = f"{LIST}{Line.objects.get().pk}"
    assert platform.post(f"{page}/change/", {"weight": 5}).status_code == 302
    assert _weights() == [("email.bulk", acme.id, 5)]
    assert b"email.bulk of acme" in platform.get(f"{page}/change/").content
    listing = platform.get(LIST).content
    assert b"acme" in listing
    assert b"email.bulk" in listing
    assert platform.post(f"{page}/delete/", {"post": "yes"}).status_code == 302
    assert _weights() == []


def test_lists_are_called_what_the_menu_calls_them(platform: Client) -> None:
    weights, pauses = platform.get(LIST), platform.get("/admin/bus/linepause/")
    assert (weights.context["title"], pauses.context["title"]) == ("Weights", "Pauses")
    assert "Add weight" in platform.get(f"{LIST}add/").content.decode()


@pytest.mark.parametrize("weight", [0, -1, 101, "many"])
def test_a_weight_that_would_stop_or_drown_others_is_refused(
    platform: Client, acme: TenantIdentity, weight: object
) -> None:
    line = set_weight("email.bulk", acme.id, 3)
    assert platform.post(f"{LIST}{line.pk}/change/", {"weight": weight}).status_code == 200
    assert _weights() == [("email.bulk", acme.id, 3)]


def test_the_command(acme: TenantIdentity, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("set_weight", "acme", "sms.high", "2")
    assert "acme has the weight 2 in sms.high." in capsys.readouterr().out
    assert _weights() == [("sms.high", acme.id, 2)]
    with pytest.raises(CommandError, match="from 1 to 100"):
        call_command("set_weight", "acme", "sms.high", "0")


def test_a_pause_is_headed_by_its_tenants_name(platform: Client, acme: TenantIdentity) -> None:
    pause("", acme.id, "guard")
    row = LinePause.objects.get()
    assert str(row) == f"every stream of tenant {acme.id}: guard"
    page = platform.get(f"/admin/bus/linepause/{row.pk}/change/").content.decode()
    assert "every stream of acme: guard" in page
    assert f"tenant {acme.id}" not in page
