"""`manage.py create_platform_account`"""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tenants.models import PlatformAccount

OPTIONS = json.dumps({"host": "mail.example.org", "from": "shop@example.org"})
SMTP = ("house", "--kind", "smtp", "--channel", "email", "--options", OPTIONS)


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch, database: None) -> Any:
    def pipe(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))

    pipe('{"username": "shop", "password": "hunter2"}')
    return pipe


def test_it_makes_one_and_says_no_secret(secrets: Any, capsys: pytest.CaptureFixture[str]):
    call_command("create_platform_account", *SMTP, "--per-second", "50", "--weight", "2")
    row = PlatformAccount.objects.get()
    assert (row.name, row.per_second, row.weight, row.burst) == ("house", 50, 2, 1)
    assert row.credentials["password"] == "hunter2"
    assert "hunter2" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "piped", "told"),
    [
        (SMTP, "nonsense", "standard input is no JSON"),
        (SMTP, "[1]", "standard input is no JSON object"),
        ((*SMTP, "--options", "{"), "", "--options is no JSON"),
        ((*SMTP, "--options", "{}"), "", "/options/host"),
        ((*SMTP, "--weight", "0"), "", "0 is not from 1 to 1000"),
        ((*SMTP, "--per-second", "x"), "", "invalid"),
    ],
)
def test_what_is_wrong_is_told(secrets: Any, arguments: Any, piped: str, told: str):
    secrets(piped)
    with pytest.raises(CommandError, match=told):
        call_command("create_platform_account", *arguments)
    assert not PlatformAccount.objects.exists()


def test_a_name_is_taken_once(secrets: Any):
    call_command("create_platform_account", *SMTP)
    with pytest.raises(CommandError, match="already an account 'house'"):
        call_command("create_platform_account", *SMTP)
