"""The smoke test against a running installation, and against ones that are broken."""

import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.core.management import CommandError, call_command

from signalbus.smoke import steps
from signalbus.smoke.arguments import KEY_VARIABLE, Target, target_of
from signalbus.smoke.calling import SmokeError
from signalbus.smoke.steps import run
from tests.make import make_key
from tests.processes import ROOT

KEY = "sb_test_" + "k" * 32
NOTIFICATION = "/api/v1/notifications"
GOOD = {
    "GET /livez": (200, {"status": "ok"}),
    "GET /readyz": (200, {"status": "ok", "culprits": []}),
    f"GET {NOTIFICATION}": (401, {"detail": "no"}),
    f"POST {NOTIFICATION}": (202, {"id": "n1", "trace_id": "t1"}),
    f"GET {NOTIFICATION}/n1": (200, {"status": "delivered", "timeline": []}),
}


@pytest.fixture
def installation():
    """Answers by a table; what a test changes in it is what is broken."""
    answers = dict(GOOD)

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self):
            status, body, *headers = answers[f"{self.command} {self.path}"]
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode() if isinstance(body, str) else json.dumps(body).encode())

        do_POST = do_GET  # noqa: N815 - the name that is called

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answering)
    Thread(target=server.serve_forever, daemon=True).start()
    answers["url"] = f"http://127.0.0.1:{server.server_port}"
    yield answers
    server.shutdown()
    server.server_close()


def smoke(answers, timeout=0.05):
    target = Target(url=answers["url"], key=KEY, timeout=timeout)
    return list(run(target, sleep=lambda _: None))


def test_a_good_one_passes_each_step(installation):
    said = smoke(installation)
    assert len(said) == 6
    assert "a wrong key is refused with 401" in said
    assert said[-1].startswith("delivered within")


@pytest.mark.parametrize(
    ("call", "answer", "says"),
    [
        ("GET /livez", (404, "nginx"), "is that address Signalbus's?"),
        ("GET /livez", (301, "", ("Location", "https://x.example/livez")), "give that as --url"),
        ("GET /readyz", (503, {"culprits": ["postgresql"]}), "postgresql is missing"),
        (f"GET {NOTIFICATION}", (200, {"results": []}), "not with 401"),
        (f"GET {NOTIFICATION}", (429, {"detail": "slow"}), "too many wrong keys"),
        (f"POST {NOTIFICATION}", (401, {"detail": "unknown key"}), "create_api_key"),
        (f"POST {NOTIFICATION}", (403, {"detail": "no scope"}), "scopes send and read"),
        (f"POST {NOTIFICATION}", (503, {"detail": "away"}), "503 away"),
        (f"GET {NOTIFICATION}/n1", (403, {"detail": "no scope"}), "scopes send and read"),
        (f"GET {NOTIFICATION}/n1", (200, {"status": "dead"}), "It ended dead"),
        (f"GET {NOTIFICATION}/n1", (200, {"status": "queued"}), "manage.py doctor"),
    ],
)
def test_a_broken_one_is_told_with_what_to_look_at(call, answer, says, installation):
    installation[call] = answer
    with pytest.raises(SmokeError, match=says.replace("?", r"\?")):
        smoke(installation)


def test_the_timeline_tells_how_far_it_came(installation):
    events = [{"event": "accepted"}, {"event": "refused", "detail": "no account"}]
    installation[f"GET {NOTIFICATION}/n1"] = (200, {"status": "failed", "timeline": events})
    with pytest.raises(SmokeError, match="It ended failed: accepted, refused no account"):
        smoke(installation)


def test_readiness_that_a_proxy_hides_is_no_fault(installation):
    installation["GET /readyz"] = (404, "")
    assert "readiness is not shown from here; going on" in smoke(installation)


def test_without_redis_it_goes_on_and_says_so(installation):
    installation["GET /readyz"] = (200, {"status": "degraded", "culprits": ["redis"]})
    assert "ready, though without redis" in smoke(installation)


def test_a_repeat_that_sends_twice_is_found(installation, monkeypatch):
    ids = iter("12")

    asked = steps.call

    def call(url, key="", body=None, **headers):
        reply = asked(url, key, body, **headers)
        if body is not None:
            reply.body["id"] = next(ids)
        return reply

    monkeypatch.setattr(steps, "call", call)
    with pytest.raises(SmokeError, match="not as before"):
        smoke(installation)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"url": "signalbus.example.org"}, "http:// or https://"),
        ({"key": ""}, KEY_VARIABLE),
        ({"key": "sb_live_" + "k" * 32}, "live key would send to people"),
        ({"timeout": 0}, "above 0"),
    ],
)
def test_a_wrong_call_is_explained(given, says, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    with pytest.raises(ValueError, match=says):
        target_of({"url": "https://x.example", "key": KEY, "timeout": 1.0, **given})


def test_the_key_may_come_from_the_environment(monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, KEY)
    assert target_of({"url": "http://x/", "key": "", "timeout": 1.0}).key == KEY


def test_nobody_there_is_told():
    with pytest.raises(CommandError, match="does not answer"):
        call_command("smoke", url="http://127.0.0.1:9", key=KEY)


def test_it_needs_neither_settings_nor_packages(installation):
    done = subprocess.run(
        [sys.executable, "-S", "-m", "signalbus.smoke", "--url", installation["url"], "--key", KEY],
        cwd=ROOT,
        env={},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("ok    ") == 6
    installation["GET /livez"] = (500, "")
    done = subprocess.run([*done.args], cwd=ROOT, env={}, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("FAIL  ")


@pytest.mark.slow
def test_through_real_processes(acme, processes, capsys):
    web = processes.web()
    processes.relay()
    processes.workers()
    url = f"http://127.0.0.1:{web.port}"
    call_command("smoke", url=url, key=make_key(acme, mode="test"))
    assert "delivered within" in capsys.readouterr().out
    with pytest.raises(CommandError, match="The key was refused"):
        call_command("smoke", url=url, key=KEY)
