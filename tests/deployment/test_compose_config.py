"""The Compose files as Compose itself resolves them, with every profile and each override."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deployment.compose import BASE, own_services
from tests.deployment.test_compose import BY_F
from tests.processes import ROOT

MISSING = "Docker Compose 2.24 or later is not installed (Ubuntu: apt install docker-compose-v2)"
OLDEST = (2, 24)  # the first that knows `!reset`
OUTSIDE = {"/var/run/docker.sock"}  # mounted from the machine, not from the clone
PLUGIN, ALONE = ["docker", "compose"], ["docker-compose"]


def known_to(words):
    """Whether the command is a Compose that is new enough."""
    if not shutil.which(words[0]):
        return False
    said = subprocess.run([*words, "version", "--short"], capture_output=True, text=True)
    parts = said.stdout.strip().removeprefix("v").split(".")[:2]
    return len(parts) == 2 and all(map(str.isdigit, parts)) and (*map(int, parts),) >= OLDEST


COMPOSE = next((words for words in (PLUGIN, ALONE) if known_to(words)), None)
pytestmark = pytest.mark.skipif(COMPOSE is None, reason=MISSING)


@pytest.fixture
def clone(tmp_path):
    """What Compose reads of a clone, with an `.env` that is filled in."""
    shutil.copy(BASE, tmp_path)
    shutil.copytree(ROOT / "docker", tmp_path / "docker")
    filled = subprocess.run([sys.executable, ROOT / "docker" / "fill_in.py"], capture_output=True)
    (tmp_path / ".env").write_bytes(filled.stdout)
    return tmp_path


@pytest.fixture(params=[[], *BY_F], ids=lambda names: " ".join(names) or "alone")
def resolved(request, clone):
    """The whole of it, every profile included; a warning is an error."""
    files = [BASE.name, *(f"docker/{name}" for name in request.param)]
    return config(clone, *(word for name in files for word in ("-f", name)))


def config(clone, *words):
    kept = {name: os.environ[name] for name in ("PATH", "DOCKER_CONFIG") if name in os.environ}
    done = subprocess.run(
        [*COMPOSE, *words, "--profile", "*", "config", "--format", "json"],
        cwd=clone,
        env={"HOME": str(clone), **kept},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_it_is_clean_and_whatever_is_mounted_is_there(resolved):
    services = resolved["services"].values()
    volumes = [each for service in services for each in service.get("volumes", ())]
    assert volumes
    for each in volumes:
        if each["type"] == "bind":
            assert each["source"] in OUTSIDE or Path(each["source"]).exists()
            assert each["read_only"]
        else:
            assert each["source"] in resolved["volumes"]


def test_all_reach_each_other_and_wait_for_what_is_there(resolved):
    services = resolved["services"]
    for name, service in services.items():
        assert service["networks"].keys() == {"default"}, name
        assert service.get("depends_on", {}).keys() <= services.keys(), name


def test_what_goes_into_a_container_is_set(resolved):
    for name, service in own_services(resolved).items():
        for variable in ("DATABASE_URL", "REDIS_URL", "KAFKA_BROKERS", "SIGNALBUS_SECRET_KEY"):
            assert service["environment"][variable], (name, variable)


def test_nobody_may_rise(resolved):
    for name, service in resolved["services"].items():
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service.get("cap_drop") == ["ALL"] or name == "postgres"
        assert not service.get("privileged"), name
