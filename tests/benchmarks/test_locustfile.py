"""The locust file: which keys it takes, and what it tells."""

import importlib.util
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.processes import ROOT

TEST, LIVE = "sb_test_x", "sb_live_x"


@pytest.fixture
def locustfile(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The file as locust loads it; locust itself is no package of Signalbus."""
    locust: Any = ModuleType("locust")
    locust.HttpUser = object
    locust.between = lambda *_: None
    locust.task = lambda _: lambda method: method
    locust.events = SimpleNamespace(test_start=SimpleNamespace(add_listener=lambda each: each))
    monkeypatch.setitem(sys.modules, "locust", locust)
    spec = importlib.util.spec_from_file_location("lf", ROOT / "benchmarks" / "locustfile.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("key", "live", "says"),
    [
        (TEST, False, ""),
        (TEST, True, ""),
        (LIVE, True, ""),
        (LIVE, False, "a live key, which sends to people"),
        ("", False, "Set SIGNALBUS_KEY"),
        ("secret", True, "Set SIGNALBUS_KEY"),
    ],
)
def test_live_keys_are_refused_unless_asked(
    key: str, live: bool, says: str, locustfile: Any
) -> None:
    refused = locustfile.refusal(key, live)
    assert (says in refused) if says else refused == ""


def test_nothing_begins_with_a_wrong_key(locustfile: Any, monkeypatch: Any) -> None:
    environment = SimpleNamespace(process_exit_code=None)
    monkeypatch.setattr(locustfile, "KEY", LIVE)
    with pytest.raises(SystemExit, match="SIGNALBUS_LIVE=yes"):
        locustfile.look_at_the_key(environment)
    assert environment.process_exit_code == 2
    monkeypatch.setattr(locustfile, "KEY", TEST)
    locustfile.look_at_the_key(environment)


class Posted:
    """What locust gives for a request whose outcome is said by the caller."""

    text = "why"

    def __init__(self, client: "Client") -> None:
        self._client, self.status_code = client, client.status

    def __enter__(self) -> "Posted":
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def json(self) -> dict[str, str]:
        return {"id": "n1"}

    def success(self) -> None:
        self._client.said = "success"

    def failure(self, text: str) -> None:
        self._client.said = text


class Client:
    """Answers like the API; a message is delivered when it is asked after for the second time."""

    def __init__(self, status: int) -> None:
        self.status, self.asked, self.said = status, 0, ""

    def post(self, *_: Any, **__: Any) -> Posted:
        return Posted(self)

    def get(self, *_: Any, **__: Any) -> Any:
        self.asked += 1
        status = "delivered" if self.asked > 1 else "queued"
        return SimpleNamespace(ok=True, json=lambda: {"status": status})


@pytest.fixture
def user(locustfile: Any, monkeypatch: Any) -> Any:
    monkeypatch.setattr(locustfile.time, "sleep", lambda _: None)
    made = locustfile.Application()
    made.client, made.told = Client(202), []
    request = SimpleNamespace(fire=lambda **told: made.told.append(told))
    made.environment = SimpleNamespace(events=SimpleNamespace(request=request))
    return made


def test_a_delivery_is_told_as_a_request_of_its_own(user: Any) -> None:
    user.follow_to_the_end()
    (told,) = user.told
    assert (told["name"], told["exception"]) == ("delivered", None)
    assert user.client.asked == 2


def test_what_is_refused_is_a_failure_with_its_reason(user: Any) -> None:
    user.client.status = 429
    user.send()
    assert user.client.said == "429: why"
    user.follow_to_the_end()
    assert user.told == []


def test_messages_go_to_addresses_that_the_simulator_delivers(locustfile: Any) -> None:
    assert locustfile.message()["to"].startswith("delivered+")
