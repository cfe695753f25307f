"""The image: its Dockerfile, what gets into it, its entrypoint and its health check."""

import os
import re
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.processes import ROOT

DOCKERFILE = ROOT / "docker" / "Dockerfile"
ENTRYPOINT = ROOT / "docker" / "entrypoint.sh"
HEALTHY = ROOT / "docker" / "healthy.py"


def test_the_linter_finds_nothing():
    linter = Path(sys.executable).parent / "hadolint"
    done = subprocess.run([linter, DOCKERFILE], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nobody_in_it_is_root_and_its_bases_have_versions():
    text = DOCKERFILE.read_text()
    assert re.findall(r"^USER (.*)$", text, re.MULTILINE) == ["10001:10001"]
    bases = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert len(bases) == 2
    assert all(re.search(r":\d", base) for base in bases)


def test_what_is_copied_is_let_in():
    let_in = re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    copied = re.findall(r"^COPY (?!--from)(\S+)", DOCKERFILE.read_text(), re.MULTILINE)
    assert sorted(copied) == sorted(let_in)
    assert all((ROOT / path).exists() for path in copied)


def started(tmp_path, *words, **environment):
    """What the entrypoint runs, in the place of which a program tells its words."""
    for name in ("granian", "celery", "python"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho {name} "$@" "${{PROMETHEUS_MULTIPROC_DIR-none}}"\n')
        program.chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", ENTRYPOINT, *words],
        env={
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics"),
            **environment,
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_web_is_served_by_as_many_as_asked(tmp_path):
    said = started(tmp_path, "web", SIGNALBUS_WEB_WORKERS="3")
    assert said.startswith("granian ")
    assert "--workers 3 --blocking-threads 16" in said
    assert said.rstrip().endswith(f"signalbus.wsgi:application {tmp_path / 'metrics'}")
    assert (tmp_path / "metrics").is_dir()


def test_without_a_word_it_is_web(tmp_path):
    assert started(tmp_path).startswith("granian ")


@pytest.mark.parametrize(
    ("words", "runs"),
    [
        (["run_relay", "--metrics-port", "1"], "python manage.py run_relay --metrics-port 1 none"),
        (["celery", "-A", "signalbus"], "celery -A signalbus none"),
    ],
)
def test_anything_else_is_one_process_whose_metrics_need_no_folder(words, runs, tmp_path):
    assert started(tmp_path, *words).strip() == runs


class Answering(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/readyz" else 503)
        self.end_headers()
        self.wfile.write(b"culprits: kafka")

    def log_message(self, *_):
        pass


@pytest.fixture
def port():
    server = HTTPServer(("127.0.0.1", 0), Answering)
    Thread(target=server.serve_forever, daemon=True).start()
    yield str(server.server_port)
    server.shutdown()
    server.server_close()


def health(*words):
    return subprocess.run([sys.executable, HEALTHY, *words], capture_output=True, text=True)


def test_a_process_that_answers_is_healthy(port):
    assert health(port).returncode == 0


def test_one_that_is_not_ready_is_not_and_says_why(port):
    done = health(port, "/other")
    assert done.returncode == 1
    assert "503 culprits: kafka" in done.stderr


def test_one_that_is_silent_is_not():
    assert health("9").returncode == 1
