"""How a process is named to PostgreSQL."""

import pytest

from signalbus.core.process_name import application_name


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        (["/app/manage.py", "run_relay", "--metrics-port", "9100"], "signalbus run_relay"),
        (["manage.py"], "signalbus"),
        (["/opt/venv/bin/celery", "-A", "signalbus"], "signalbus celery"),
        (["/venv/site-packages/celery/__main__.py", "-A"], "signalbus celery"),
        (["/opt/venv/bin/granian"], "signalbus"),
        ([], "signalbus"),
    ],
)
def test_the_name_is_the_commands(argv: list[str], name: str) -> None:
    assert application_name(argv) == name
