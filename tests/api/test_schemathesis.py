"""Schemathesis finds nothing in the whole API: all of its checks, with a live and a test key.

In the suite it is short and always the same. For long, with other values each time:

    SCHEMATHESIS_EXAMPLES=200 python -m pytest tests/api/test_schemathesis.py

and `SCHEMATHESIS_SEED` repeats a run. What is let pass, and why, is in schemathesis_hooks.py.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import connection, connections
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.specs.openapi.schemas import OpenApiSchema
from schemathesis.transport.wsgi import WSGITransport

from tenants import identity, provisioning
from tenants.identity import TenantIdentity
from tests.api.objects import objects_of
from tests.make import make_key

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", 0))
SEED = os.environ.get("SCHEMATHESIS_SEED")
FEW = 4
PHASES = ("examples", "coverage", "fuzzing", "stateful")
KEYS = "/api/v1/api-keys"
OF_SOCKETS = ("max_redirects", "verify", "cert", "proxies")


class Application:
    """The application in the threads of a run, over the connection of the test.

    Whoever lists keys finds, changes and revokes them, that of the run too: so each request for
    keys comes with one of its own, of a tenant that asks for nothing else.
    """

    def __init__(self, key: str, new_key: Callable[[], str]) -> None:
        self.key, self.new_key = f"Bearer {key}", new_key
        self.application, self.connection = get_wsgi_application(), connections["default"]

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        connections["default"] = self.connection
        if environ["PATH_INFO"].startswith(KEYS) and environ.get("HTTP_AUTHORIZATION") == self.key:
            environ["HTTP_AUTHORIZATION"] = f"Bearer {self.new_key()}"
        return self.application(environ, start_response)


@pytest.fixture(autouse=True)
def _own_requests_of_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """They come with settings of sockets, which Schemathesis 4.32.5 keeps from WSGI elsewhere."""
    send: Any = WSGITransport.send

    def without(self: Any, case: Any, *, session: Any = None, **kwargs: Any) -> Any:
        settings = OF_SOCKETS if session is None else ()
        rest = {name: value for name, value in kwargs.items() if name not in settings}
        return send(self, case, session=session, **rest)

    monkeypatch.setattr(WSGITransport, "send", without)


@pytest.fixture
def harried(database: None) -> TenantIdentity:
    """A tenant of its own: even what tenants are born with is changed and deleted."""
    provisioning.create_tenant("harried", "harried.localhost")
    return identity.by_name("harried")


@pytest.fixture
def _in_other_threads(database: None) -> Iterator[None]:
    """The test's connection may be used by the run, which goes on alone meanwhile."""
    connection.inc_thread_sharing()
    yield
    connection.dec_thread_sharing()


def configuration(key: str, phases: tuple[str, ...]) -> SchemathesisConfig:
    """That of the project, with the key and how long it goes on."""
    config = SchemathesisConfig.from_path(CONFIGURATION)
    config.update(seed=int(SEED or 0) if SEED or not EXAMPLES else None, max_failures=None)
    project = config.projects.default
    project.update(headers={"Authorization": f"Bearer {key}"})
    project.generation.update(
        max_examples=EXAMPLES or FEW, deterministic=not EXAMPLES, database="none"
    )
    project.phases.update(phases=list(phases))
    return config


def document(key: str, new_key: Callable[[], str], phases: tuple[str, ...]) -> OpenApiSchema:
    """What is to be tested: all that the API describes."""
    config = configuration(key, phases)
    return schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", Application(key, new_key), config=config
    )


def run(schema: OpenApiSchema) -> tuple[list[str], set[str | None]]:
    """What is wrong, each with what was asked and answered; and what was tested."""
    found: list[str] = []
    tested: set[str | None] = set()
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            found.append(str(event))
        if isinstance(event, events.ScenarioFinished) and event.recorder.interactions:
            tested.add(event.label)
            found += _failures(event.recorder)
    return found, tested


def _failures(recorder: Any) -> Iterator[str]:
    for case, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                failure, asked = check.failure_info.failure, recorder.interactions[case]
                request, answer = asked.request, asked.response
                yield (
                    f"{check.name}: {failure.title}: {failure.message}\n"
                    f"{request.method} {request.uri} {request.body!r}\n"
                    f"{answer and (answer.status_code, answer.content[:1000])}"
                )


# A test key meets the same addresses and bodies, and mostly 403: their borders are tried once.
@pytest.mark.parametrize(
    ("mode", "phases"),
    [("live", PHASES), ("test", PHASES if EXAMPLES else ("examples", "fuzzing", "stateful"))],
    ids=["live", "test"],
)
@pytest.mark.usefixtures("_in_other_threads")
def test_it_finds_nothing(
    globex: TenantIdentity, harried: TenantIdentity, mode: str, phases: tuple[str, ...]
) -> None:
    objects_of(harried, mode)
    schema = document(make_key(harried, mode=mode), lambda: make_key(globex, mode=mode), phases)
    found, tested = run(schema)
    assert not found, f"{len(found)} findings:\n\n" + "\n\n".join(found[:20])
    assert {each.ok().label for each in schema.get_all_operations()} <= tested
