"""Dashboards as Grafana reads them, and the services that they stand on."""

import re
import subprocess
import sys
from itertools import combinations

import pytest
import yaml

from tests.deployment.compose import load, variables
from tests.observability import files
from tests.observability.files import FOLDER
from tests.processes import ROOT

DASHBOARDS = files.dashboards()
SOURCES = FOLDER / "grafana" / "provisioning" / "datasources" / "signalbus.yml"
COMPOSE = load(FOLDER / "compose.yml")
WRITING = {"alloy", "grafana"}  # beside their volumes: plugins, pipes
UNITLESS = {"logs", "row"}
LINES = (
    "{extends: default, rules: {line-length: {max: 170}, document-start: disable, "
    "braces: {max-spaces-inside: 1}, comments-indentation: disable}}"
)


@pytest.fixture(params=DASHBOARDS)
def dashboard(request):
    return DASHBOARDS[request.param]


def test_there_is_one_for_each_question():
    assert set(DASHBOARDS) == {"overview", "api", "channels", "providers", "bus", "tenants"}
    uids = [each["uid"] for each in DASHBOARDS.values()]
    assert len(set(uids)) == len(uids)


def test_panels_are_told_apart_and_none_lies_on_another(dashboard):
    numbers = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(numbers)) == len(numbers)
    for one, other in combinations((panel["gridPos"] for panel in dashboard["panels"]), 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or above


def test_panels_say_what_they_show_and_in_which_unit(dashboard):
    for panel in files.panels(dashboard):
        assert panel["title"]
        assert panel["description"]
        by_metrics = panel["datasource"]["uid"] == "${metrics}"
        if panel["type"] not in UNITLESS and by_metrics:
            assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]


def test_sources_are_variables_that_are_provisioned(dashboard):
    known = yaml.safe_load(SOURCES.read_text())["datasources"]
    provisioned = {each["uid"]: each["type"] for each in known}
    variables = dashboard["templating"]["list"]
    sources = {each["name"]: each for each in variables if each["type"] == "datasource"}
    for name, variable in sources.items():
        assert provisioned[variable["current"]["value"]] == variable["query"], name
    for panel in files.panels(dashboard):
        for part in (panel, *panel["targets"]):
            assert part["datasource"]["uid"].strip("${}") in sources, panel["title"]


def test_variables_that_are_used_are_declared(dashboard):
    declared = {each["name"] for each in dashboard["templating"]["list"]}
    targets = [target for panel in files.panels(dashboard) for target in panel["targets"]]
    texts = " ".join(target.get("expr", "") for target in targets)
    used = set(re.findall(r"\$(\w+)", texts)) - {"__rate_interval"}
    assert used <= declared


def test_what_is_scraped_runs():
    document = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    names = [
        name
        for each in document["scrape_configs"]
        for source in each.get("dns_sd_configs", ())
        for name in source["names"]
    ]
    own = load()["services"]
    assert {"web", "stream", "relay", "celery", "beat"} <= set(names) <= own.keys()
    assert {name for name in own if name.endswith("-worker")} <= set(names)
    for name in set(names) - {"web"}:
        command = own[name]["command"]
        assert command[command.index("--metrics-port") + 1] == "9100", name


def test_every_service_is_of_the_profile_has_a_version_and_stays_inside():
    assert load()["include"] == ["docker/observability/compose.yml"]
    for name, service in COMPOSE["services"].items():
        assert service["profiles"] == ["observability"]
        assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+\.\d+", service["image"]), name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ())), name


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_every_service_is_kept_in_and_has_a_health_check(name):
    service = COMPOSE["services"][name]
    assert service["cap_drop"] == ["ALL"]
    assert service.get("read_only") is True or name in WRITING
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["healthcheck"]["test"]


def test_grafana_does_not_start_without_a_password():
    grafana = COMPOSE["services"]["grafana"]
    shell, flag, script = grafana["entrypoint"]
    words = [shell, flag, script.replace("$$", "$").replace("/run.sh", "true")]
    without = subprocess.run(words, env={}, capture_output=True, text=True)
    assert without.returncode != 0
    assert "set GRAFANA_PASSWORD in .env" in without.stderr
    variable = next(name for name in grafana["environment"] if name.endswith("ADMIN_PASSWORD"))
    assert subprocess.run(words, env={variable: "x"}).returncode == 0


def test_what_is_mounted_is_there():
    for service in COMPOSE["services"].values():
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            if source.startswith("./"):
                assert (FOLDER / source).exists()
            elif not source.startswith("/"):
                assert source in COMPOSE["volumes"]


def test_yaml_is_written_cleanly():
    done = subprocess.run(
        [sys.executable, "-m", "yamllint", "-d", LINES, str(FOLDER)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_variables_of_compose_stand_in_the_example():
    used = variables(FOLDER / "compose.yml")
    example = (ROOT / ".env.example").read_text()
    assert [name for name in used if f"#{name}=" not in example] == []
