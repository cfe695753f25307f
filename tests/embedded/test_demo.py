"""The demo of `make up`: sent where asked, passed over where the tenant is suspended."""

from pathlib import Path
from typing import Any

import pytest

from signalbus.embedded import demo, up
from signalbus.embedded.errors import StackError
from signalbus.embedded.files import write_json
from signalbus.embedded.paths import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(root=tmp_path)
    tenants = {name: {"live_key": name} for name in ("acme", "globex")}
    write_json(home.demo, {"base_url": "http://localhost:8123", "tenants": tenants})
    return home


def answering(refused: dict[str, Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every call delivers, except those with a key for which an error is given."""

    def call(_home: Home, _url: str, key: str, path: str, _body: object = None) -> dict[str, Any]:
        if key in refused:
            raise refused[key]
        return {"id": f"{key}-{path}", "status": "delivered", "timeline": []}

    monkeypatch.setattr(demo, "_call", call)


def test_a_suspended_tenant_is_passed_over(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering({"acme": demo.TenantSuspendedError()}, monkeypatch)
    assert demo.show_deliveries(home)
    told = capsys.readouterr().out
    assert "acme is suspended and sends nothing; resume it at http://localhost:8123/admin/" in told
    assert "globex: notification globex-" in told


def test_a_demo_that_fails_counts_only_over_new_data(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = {"acme": StackError("the API refused.", remedy="see the log")}
    answering(broken, monkeypatch)
    assert up._demo(home) == 1
    assert "Next step: see the log" in capsys.readouterr().out
    answering({}, monkeypatch)
    assert up._demo(home) == 0
    answering(broken, monkeypatch)
    assert up._demo(home) == 0
