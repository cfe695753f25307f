"""The demo tenants: made once, made whole again, and never changed without need."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from delivery.models import ProviderAccount
from tenants.context import in_tenant
from tenants.identity import TenantIdentity
from tests.console.conftest import browser
from tests.door import Api


def _run(capsys: pytest.CaptureFixture[str], known: Path | None = None) -> dict[str, Any]:
    call_command("demo_setup", json=True, known=known)
    return dict(json.loads(capsys.readouterr().out))


def test_what_it_prints_opens_every_door(
    acme: TenantIdentity,
    globex: TenantIdentity,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    made = _run(capsys)
    for name in ("acme", "globex"):
        tenant = made["tenants"][name]
        assert Api(tenant["live_key"]).get("/api-keys").status == 200
        assert Api(tenant["test_key"]).get("/api-keys").status == 200
        log_in = {"username": tenant["username"], "password": tenant["password"]}
        assert browser(tenant["host"]).post("/admin/login/", log_in).status_code == 302
    with in_tenant(acme):
        kinds = set(ProviderAccount.objects.values_list("kind", "channel"))
    assert kinds == {("simulator", "email"), ("simulator", "sms")}

    known = tmp_path / "demo.json"
    known.write_text(json.dumps(made))
    assert _run(capsys, known) == made
    forgotten = _run(capsys)
    assert forgotten["tenants"]["acme"]["live_key"] != made["tenants"]["acme"]["live_key"]
    assert forgotten["tenants"]["acme"]["schema"] == acme.schema
