"""The Compose files: what each service runs, and how it is kept in."""

import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from django.core.management import get_commands, load_command_class

from signalbus.bus.streams import Channel
from signalbus.settings_reference.files import ENV_EXAMPLE
from tests.deployment.compose import BASE, OVERRIDES, load, own_services, variables
from tests.processes import ROOT

DOCUMENT = load()
SERVICES = DOCUMENT["services"]
OWN = own_services(DOCUMENT)
WATCHING = ROOT / "docker" / "observability" / "compose.yml"
ONE_SHOT = {"migrate", "create-streams"}
SHELL_WORDS = {"web", "celery"}  # what docker/entrypoint.sh knows beside manage.py's commands
BY_F = [
    ["external-postgres.yml"],
    ["external-redis.yml"],
    ["external-kafka.yml"],
    ["external-kafka.yml", "kafka-ca.yml"],
    ["external-postgres.yml", "external-redis.yml", "external-kafka.yml"],
    ["kafka-ca.yml", "kafka-tls.yml"],
]


def with_files(names):
    return load(BASE, *(ROOT / "docker" / name for name in names))


def test_all_that_has_to_run_is_there():
    workers = {f"{channel}-worker" for channel in Channel}
    others = {"web", "stream", "relay", "celery", "beat"}
    assert OWN.keys() == ONE_SHOT | workers | others
    assert SERVICES.keys() - OWN.keys() == {"proxy", "postgres", "valkey", "kafka"}


@pytest.mark.parametrize("name", OWN)
def test_each_command_exists_with_its_flags(name):
    command, *flags = OWN[name]["command"]
    if command in SHELL_WORDS:
        assert f"= {command} ]" in (ROOT / "docker" / "entrypoint.sh").read_text()
        return
    app = get_commands()[command]
    parser = load_command_class(app, command).create_parser("manage.py", command)
    parser.parse_args(flags)


@pytest.mark.parametrize("name", ["celery", "beat"])
def test_celery_knows_its_words(name):
    program, *words = OWN[name]["command"]
    done = subprocess.run(
        [sys.executable, "-m", program, *words, "--help"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_clock_of_the_jobs_is_one():
    assert [name for name in OWN if {"-B", "--beat", "beat"} & set(OWN[name]["command"])] == [
        "beat"
    ]


@pytest.mark.parametrize("name", OWN)
def test_nothing_of_our_own_may_write_or_rise(name):
    service = OWN[name]
    assert service["user"] == "10001:10001"
    assert service["read_only"] is True
    assert service["tmpfs"] == ["/tmp"]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", ["proxy", "valkey"])
def test_what_comes_along_is_kept_in_where_it_allows_that(name):
    service = SERVICES[name]
    assert service["user"] not in ("", "root", "0")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_health_check_and_bounds_its_log(name):
    service = SERVICES[name]
    assert ("healthcheck" in service) == (name not in ONE_SHOT)
    assert service["restart"] == ("no" if name in ONE_SHOT else "unless-stopped")
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", SERVICES)
def test_images_have_a_version(name):
    image = SERVICES[name]["image"]
    _, _, tag = image.rpartition("/")[2].partition(":")
    assert tag
    assert "latest" not in tag


def test_only_the_proxy_is_reached_from_outside():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


@pytest.mark.parametrize("name", sorted(OWN.keys() - ONE_SHOT))
def test_what_runs_waits_for_the_migrations_and_workers_for_the_streams(name):
    needs = OWN[name]["depends_on"]
    assert all(need["condition"] == "service_completed_successfully" for need in needs.values())
    sends = OWN[name]["command"][0] == "run_relay" or name.endswith("-worker")
    assert needs.keys() == ({"migrate", "create-streams"} if sends else {"migrate"})


def test_a_stop_gives_workers_the_time_that_calls_under_way_have():
    from delivery.pipeline.worker import GRACE_SECONDS

    for name in OWN:
        assert int(OWN[name]["stop_grace_period"].rstrip("s")) > GRACE_SECONDS


@pytest.mark.parametrize("path", [BASE, *OVERRIDES], ids=lambda path: path.name)
def test_every_variable_stands_in_the_example(path):
    example = set(re.findall(r"^#?([A-Z][A-Z_]+)=", ENV_EXAMPLE.read_text(), re.MULTILINE))
    assert variables(path) <= example


@pytest.mark.parametrize("path", [BASE, *OVERRIDES, WATCHING], ids=lambda path: str(path.name))
def test_no_secret_has_a_value_that_everybody_knows(path):
    assert re.findall(r"\$\{\w*(?:PASSWORD|SECRET|KEYS?):?-[^}]+\}", path.read_text()) == []


def test_every_container_reads_env_and_the_servers_are_set_there():
    for service in OWN.values():
        assert service["env_file"] == [".env"]
        assert {"DATABASE_URL", "REDIS_URL", "KAFKA_BROKERS"} <= service["environment"].keys()


@pytest.mark.parametrize("names", BY_F, ids=" ".join)
def test_overrides_leave_nothing_that_needs_what_is_gone(names):
    services = with_files(names)["services"]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= services.keys()
    used = {
        volume.split(":")[0] for each in services.values() for volume in each.get("volumes", ())
    }
    assert {name for name in used if not name.startswith(".")} == with_files(names)[
        "volumes"
    ].keys()


def test_servers_of_ones_own_take_the_place_of_those_that_come_along():
    services = with_files(BY_F[4])["services"]
    assert services.keys() == OWN.keys() | {"proxy"}


def test_with_tls_everybody_logs_in_and_knows_the_authority():
    document = with_files(["kafka-ca.yml", "kafka-tls.yml"])
    for service in own_services(document).values():
        options = dict(
            part.split("=") for part in service["environment"]["SIGNALBUS_KAFKA_OPTIONS"].split(",")
        )
        assert options["security.protocol"] == "SASL_SSL"
        assert options["ssl.ca.location"] == "/run/secrets/kafka-ca"
        assert service["secrets"] == ["kafka-ca"]
    broker = document["services"]["kafka"]
    assert "CLIENTS:SASL_SSL" in broker["environment"]["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"]
    assert set(document["secrets"]) == {"kafka-ca", *broker["secrets"]}


def test_every_override_is_tried_here():
    assert {path.name for path in OVERRIDES} == {name for names in BY_F for name in names}


def test_the_proxy_sends_each_path_where_it_is_answered():
    text = (ROOT / "docker" / "Caddyfile").read_text()
    routes = dict(re.findall(r"handle (\S+) \{(.*?)\n\t\}", text, re.DOTALL))
    assert routes.keys() == {"/metrics", "/api/v1/stream"}
    assert "respond 404" in routes["/metrics"]
    assert "name stream" in routes["/api/v1/stream"]
    assert "flush_interval -1" in routes["/api/v1/stream"]
    port = SERVICES["stream"]["command"][SERVICES["stream"]["command"].index("--port") + 1]
    assert f"port {port}" in routes["/api/v1/stream"]
    assert re.search(r"name web\s+port 8000", text)


def test_the_proxys_health_check_asks_its_own_port():
    asked = urlsplit(SERVICES["proxy"]["healthcheck"]["test"][-1])
    assert f":{asked.port} {{" in (ROOT / "docker" / "Caddyfile").read_text()


def test_yaml_is_written_cleanly():
    rules = (
        "{extends: default, rules: {line-length: {max: 140}, document-start: disable, "
        "braces: {max-spaces-inside: 1}, comments-indentation: disable, "
        "truthy: {check-keys: false}}}"
    )
    files = [BASE, *OVERRIDES, ROOT / ".github" / "workflows" / "ci.yml"]
    done = subprocess.run(
        [sys.executable, "-m", "yamllint", "-d", rules, *map(str, files)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
