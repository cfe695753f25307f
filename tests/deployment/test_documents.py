"""What the documents on deployment name is there."""

import re

import pytest
from django.core.management import get_commands

from signalbus import settings
from signalbus.settings_reference.others import IN_CONTAINERS, OF_COMPOSE, OF_MAKE
from tests.deployment.compose import load, own_services
from tests.processes import ROOT

DOCS = ROOT / "docs"
PAGES = [DOCS / f"{name}.md" for name in ("deploying", "upgrading", "backup")]
VARIABLES = settings.env.declared.keys() | {
    each.name for each in (*IN_CONTAINERS, *OF_COMPOSE, *OF_MAKE)
}
ELSEWHERE = {"SIGNALBUS_KEY", "SIGNALBUS_LIVE"}  # of the locust file
COMMAND = re.compile(r"(?:manage\.py|/entrypoint\.sh) ([a-z_]+)|`(run_[a-z_]+)[ `]")


@pytest.fixture(params=PAGES, ids=lambda path: path.name)
def text(request):
    return request.param.read_text()


def test_every_variable_is_one(text):
    named = set(re.findall(r"\b(?:SIGNALBUS_[A-Z_]+[A-Z]|[A-Z]+_URL|KAFKA_[A-Z]+)\b", text))
    known = VARIABLES | {f"{name}_FILE" for name in VARIABLES} | ELSEWHERE
    assert named <= known


def test_every_command_is_one(text):
    named = {first or second for first, second in COMMAND.findall(text)}
    of_services = {service["command"][0] for service in own_services(load()).values()}
    assert named <= get_commands().keys() | of_services


def test_every_file_and_anchor_is_there(text):
    for target in re.findall(r"\]\(([^)]+)\)", text):
        path, _, anchor = target.partition("#")
        page = (DOCS / path).resolve() if path else None
        assert page is None or page.exists(), target
        if anchor:
            assert _has(page.read_text() if page else text, anchor), target
    for name in re.findall(r"docker/[a-zA-Z-]+\.(?:yml|py)|docker/(?:Caddyfile|Dockerfile)", text):
        assert (ROOT / name).exists()


def test_the_services_that_are_told_of_are_those_of_compose():
    told = (DOCS / "deploying.md").read_text()
    assert [name for name in load()["services"] if f"`{name}`" not in told] == []


def _has(page, anchor):
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    made = {re.sub(r"[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in headings}
    return f'<a id="{anchor}"></a>' in page or anchor in made
