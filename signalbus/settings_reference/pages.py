"""The texts of docs/settings.md and .env.example. Pure."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from signalbus.core.env import Declaration
from signalbus.settings_reference.others import COMPOSE, CONTAINERS, MAKE

WRITER = "python -m signalbus.settings_reference"
PREFACE = f"""# Settings

Every variable that Signalbus reads, made from the code by `{WRITER}`.
A wrong value keeps every process from starting and is named with its remedy; `manage.py check`
tells the same beforehand, and `manage.py doctor` whether the servers answer as well.

Those of Signalbus itself may be given as files: `NAME_FILE=/run/secrets/name` reads what is in it
(secrets of Docker, `LoadCredential` of systemd). An empty default means: not set.
"""
NOTES = {
    CONTAINERS: "Read by the image's entrypoint, not by the code; they have no `_FILE`.",
    COMPOSE: "Read by Compose from `.env`, for the servers and the proxy beside Signalbus.",
    MAKE: "Read by `make up` alone.",
}
HOW_TO_MAKE = {
    "SIGNALBUS_SECRET_KEY": 'python3 -c "import secrets; print(secrets.token_urlsafe(50))"',
    "SIGNALBUS_ENCRYPTION_KEYS": (
        "python3 -c \"import base64, os; print('k1:' + base64.b64encode(os.urandom(32)).decode())\""
    ),
    "POSTGRES_PASSWORD": 'python3 -c "import secrets; print(secrets.token_hex(24))"',
    "GRAFANA_PASSWORD": 'python3 -c "import secrets; print(secrets.token_hex(24))"',
    "KAFKA_PASSWORD": 'python3 -c "import secrets; print(secrets.token_hex(24))"',
}
ENV_HEAD = f"""# For `docker compose`: `cp .env.example .env`, fill in the three that are empty,
# `docker compose up -d --build`. docs/deploying.md goes through it, docs/settings.md has tables.
# Made by `{WRITER}`. What stands behind a # has the value shown.
"""
# Compose names the servers that come along; with docker/external-….yml they are named in .env.
SET_BY_COMPOSE = frozenset({"DATABASE_URL", "REDIS_URL", "KAFKA_BROKERS"})
SET_IN_COMPOSE = "docker-compose.yml sets it; name your own with docker/external-….yml"
# Nobody starts without them: they stand in the file without a #.
TO_FILL_IN = frozenset({"POSTGRES_PASSWORD", "SIGNALBUS_SECRET_KEY", "SIGNALBUS_ENCRYPTION_KEYS"})
LEFT_OUT_OF_ENV = frozenset(
    {"PORT", "PROMETHEUS_MULTIPROC_DIR", "SIGNALBUS_STATIC_ROOT", "SIMULATOR_JOURNAL"}
)
LEFT_OUT_OF_ENV_SECTIONS = frozenset({MAKE})


def markdown(declared: Iterable[Declaration]) -> str:
    """The settings reference: a table for each section, in the order given."""
    return PREFACE + "".join(_table(title, rows) for title, rows in _sections(declared))


def env_file(declared: Iterable[Declaration]) -> str:
    """The example of what Compose reads: what has to be filled in, and the rest as comments."""
    kept = [each for each in declared if each.name not in LEFT_OUT_OF_ENV]
    return ENV_HEAD + "".join(
        f"\n# --- {title}\n" + "".join(_assignment(each) for each in rows)
        for title, rows in _sections(kept)
        if title not in LEFT_OUT_OF_ENV_SECTIONS
    )


def _sections(declared: Iterable[Declaration]) -> Iterator[tuple[str, list[Declaration]]]:
    for title, rows in groupby(declared, key=lambda each: each.section):
        yield title, list(rows)


def _table(title: str, rows: Iterable[Declaration]) -> str:
    note = f"\n{NOTES[title]}\n" if title in NOTES else ""
    lines = "".join(
        f"| `{each.name}` | {each.kind} | {_default(each)} | {_escaped(each.help)} |\n"
        for each in rows
    )
    head = "| variable | kind | default | meaning |\n|---|---|---|---|\n"
    return f"\n## {title}\n{note}\n{head}{lines}"


def _default(declaration: Declaration) -> str:
    if declaration.required:
        return "**required**"
    return f"`{_escaped(declaration.default)}`" if declaration.default else ""


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def _assignment(declaration: Declaration) -> str:
    name = declaration.name
    said = f"{declaration.help} ({declaration.kind})"
    lines = [SET_IN_COMPOSE if name in SET_BY_COMPOSE else said]
    lines += [HOW_TO_MAKE[name]] if name in HOW_TO_MAKE else []
    remarks = "".join(f"# {line}\n" for line in lines)
    return f"{remarks}{'' if name in TO_FILL_IN else '#'}{name}={declaration.default}\n"
