"""Runs what the containers run, without Docker: `python -m tests.deployment.rehearsal`.

A folder gets what the Dockerfile copies, an empty virtual environment what it installs, and each
service's command is run as docker-compose.yml has it, over servers of the embedded stack. Each has
to become healthy, a message has to go through, and each has to end well when told to.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from signalbus.embedded.ports import NAMES
from signalbus.embedded.testing import start_servers
from tests.deployment.compose import load, own_services
from tests.ports import free_port
from tests.processes import ROOT

DOCKERFILE = ROOT / "docker" / "Dockerfile"
COPIED = re.compile(r"^COPY (?!--from)(\S+) (?!/)", re.MULTILINE)
ONE_SHOT = ("migrate", "create-streams")
STOP_SECONDS, HEALTH_SECONDS = 45.0, 90.0
IGNORED = shutil.ignore_patterns("__pycache__", "embedded", "settings_reference")


class Image:
    """What the image would be: a folder and a virtual environment."""

    def __init__(self, home: Path) -> None:
        self.app, self.venv = home / "app", home / "venv"
        self.app.mkdir()

    def build(self) -> None:
        """Copy, install and collect as the Dockerfile does."""
        for path in COPIED.findall(DOCKERFILE.read_text()):
            _copy(ROOT / path, self.app / path)
        shutil.copy(ROOT / "docker" / "entrypoint.sh", self.app)
        shutil.copy(ROOT / "docker" / "healthy.py", self.app)
        run([sys.executable, "-m", "venv", "--without-pip", str(self.venv)])
        python, needs = str(self.venv / "bin" / "python"), str(ROOT / "requirements.txt")
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        run([*pip, "--python", python, "install", "-r", needs])

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """What a container has: nothing of this machine but certificates and proxies."""
        path = f"{self.venv / 'bin'}:{os.defpath}"
        return {
            "PATH": path,
            "HOME": "/nonexistent",
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "DJANGO_SETTINGS_MODULE": "signalbus.settings",
            "SIGNALBUS_STATIC_ROOT": str(self.app / "static"),
            **more,
        }

    def start(self, words: list[str], environment: Mapping[str, str], log: Path) -> "Started":
        """Run a service's command through the entrypoint."""
        with log.open("wb") as file:
            process = subprocess.Popen(
                ["/bin/sh", "entrypoint.sh", *words],
                cwd=self.app,
                env=dict(environment),
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        return Started(process, log)


class Started:
    """A process that runs like a container."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.process, self.log = process, log

    def wait_until(self, healthy: list[str], image: Image, environment: Mapping[str, str]) -> None:
        """Ask its health check again and again."""
        ends = time.monotonic() + HEALTH_SECONDS
        while subprocess.run(
            healthy, cwd=image.app, env=environment, capture_output=True
        ).returncode:
            if self.process.poll() is not None or time.monotonic() > ends:
                fail(f"{self.log.stem} does not become healthy:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.5)

    def stop(self) -> None:
        """As Docker does it; what does not end well fails the rehearsal."""
        self.process.send_signal(signal.SIGTERM)
        if code := self.process.wait(STOP_SECONDS):
            fail(f"{self.log.stem} ended with {code}:\n{self.log.read_text()[-3000:]}")


def main() -> None:
    """Build, migrate, start everything, send, stop everything."""
    home = Path(tempfile.mkdtemp(prefix="signalbus-rehearsal-"))
    started: list[Started] = []
    try:
        _rehearse(home, started)
    finally:
        for each in started:
            if each.process.poll() is None:
                os.killpg(each.process.pid, signal.SIGKILL)
        shutil.rmtree(home, ignore_errors=True)


def _rehearse(home: Path, started: list[Started]) -> None:
    image = Image(home)
    tell("Building what the image holds")
    image.build()
    ports = {name: free_port() for name in NAMES}
    (home / "servers").mkdir()
    servers = start_servers(home / "servers", ports, outlive_power_loss=False)
    environment = image.environment({**_filled_in(), **servers.environment})
    run(
        ["python", "manage.py", "collectstatic", "--noinput", "-v0", "--skip-checks"],
        image,
        environment,
    )
    services = own_services(load())
    for name in ONE_SHOT:
        tell(f"Running {name}")
        run(["/bin/sh", "entrypoint.sh", *services.pop(name)["command"]], image, environment)
    port = str(free_port())
    for name, service in services.items():
        tell(f"Starting {name}")
        started.append(_start(image, name, service, {**environment, "PORT": port}, home))
    _send(image, environment, f"http://127.0.0.1:{port}")
    run(["python", "manage.py", "doctor"], image, environment)
    for each in started:
        tell(f"Stopping {each.log.stem}")
        each.stop()


def _start(
    image: Image,
    name: str,
    service: Mapping[str, list[str]],
    environment: dict[str, str],
    home: Path,
) -> Started:
    """With ports of its own, for here all share one machine."""
    own = {fixed: str(free_port()) for fixed in ("9100", "8001")} | {"8000": environment["PORT"]}
    words = [own.get(word, word) for word in service["command"]]
    metrics = {"PROMETHEUS_MULTIPROC_DIR": str(home / "metrics")}
    started = image.start(words, {**environment, **metrics}, home / f"{name}.log")
    check = list(service["healthcheck"]["test"])  # type: ignore[call-overload]
    started.wait_until(_asked(check, own), image, environment)
    return started


def _asked(check: list[str], own: Mapping[str, str]) -> list[str]:
    kind, *words = check
    if kind == "CMD-SHELL":
        return ["/bin/sh", "-c", words[0].replace("$$", "$")]
    return [own.get(word, word).replace("/healthy.py", "healthy.py") for word in words]


def _send(image: Image, environment: Mapping[str, str], url: str) -> None:
    manage = ["python", "manage.py"]
    run([*manage, "create_tenant", "acme", "--domain", "acme.localhost"], image, environment)
    make = [*manage, "create_api_key", "acme", "--mode", "test"]
    key = run(make, image, environment).strip()
    tell(run([*manage, "smoke", "--url", url, "--key", key], image, environment).strip())


def _filled_in() -> dict[str, str]:
    """The example's variables with fresh secrets."""
    text = run([sys.executable, str(ROOT / "docker" / "fill_in.py")])
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=IGNORED)
    else:
        shutil.copy(source, target)


def run(
    words: list[str], image: Image | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """What a command says; one that fails ends the rehearsal."""
    where = image.app if image else ROOT
    done = subprocess.run(words, cwd=where, env=environment, capture_output=True, text=True)
    if done.returncode:
        fail(f"{' '.join(words)}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


def tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def fail(text: str) -> None:
    raise SystemExit(f"The rehearsal failed: {text}")


if __name__ == "__main__":
    main()
    tell("Everything that the containers run has run.")
