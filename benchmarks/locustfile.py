"""Load against a deployed installation: requests, and how long messages take to be delivered.

    pip install locust
    SIGNALBUS_KEY=sb_test_… locust -f benchmarks/locustfile.py --host https://signalbus.example.org

A test key causes no network call and sends to nobody, but goes the whole way otherwise. Live keys
are refused unless SIGNALBUS_LIVE=yes is set: what they send is delivered, and counts for quotas.
Headless, for two minutes with 50 users, five of which begin in a second:

    … --headless --users 50 --spawn-rate 5 --run-time 2m
"""

import os
import random
import time
from typing import Any
from uuid import uuid4

from locust import HttpUser, between, events, task

KEY = os.environ.get("SIGNALBUS_KEY", "")
LIVE = os.environ.get("SIGNALBUS_LIVE", "").lower() in {"1", "yes", "true", "on"}
BATCH = int(os.environ.get("SIGNALBUS_BATCH", "100"))  # items of a batch, 1,000 at most
DELIVERY_SECONDS = 60.0
POLL_SECONDS = 0.25
DELIVERED = "delivered"
ENDED = frozenset({"failed", "dead", "bounced", "skipped", "cancelled", "unknown"})
BY_MAIL = {"channel": "email", "subject": "Load", "text": "Hello {{ name }}"}


def refusal(key: str, live: bool) -> str:
    """Why no load is made with this key; nothing where it may be."""
    if key.startswith("sb_test_") or (live and key.startswith("sb_live_")):
        return ""
    if key.startswith("sb_live_"):
        return (
            "SIGNALBUS_KEY is a live key, which sends to people: use a test key, or set "
            "SIGNALBUS_LIVE=yes if you mean it."
        )
    return "Set SIGNALBUS_KEY to a test key with the scopes send and read."


@events.test_start.add_listener
def look_at_the_key(environment: Any, **_: Any) -> None:
    """Nothing begins with a key that should not be used."""
    if why := refusal(KEY, LIVE):
        environment.process_exit_code = 2
        raise SystemExit(why)


class Application(HttpUser):
    """An application: mostly single messages, some batches, some questions."""

    wait_time = between(0.1, 0.5)

    def on_start(self) -> None:
        self.client.headers["Authorization"] = f"Bearer {KEY}"

    @task(20)
    def send(self) -> None:
        """One message, with an idempotency key as an application should."""
        headers = {"Idempotency-Key": uuid4().hex}
        self._post("/api/v1/notifications", message(), headers)

    @task(2)
    def send_batch(self) -> None:
        """Many at once."""
        body = {"items": [message() for _ in range(BATCH)]}
        self._post("/api/v1/notifications/batch", body, {})

    @task(5)
    def look_at_the_list(self) -> None:
        """The newest page, as a console does."""
        self.client.get("/api/v1/notifications")

    @task(1)
    def follow_to_the_end(self) -> None:
        """A message until it is delivered, told as a request of its own called `delivered`."""
        began = time.perf_counter()
        answer = self._post("/api/v1/notifications", message(), {"Idempotency-Key": uuid4().hex})
        if answer.status_code != 202:
            return
        path, status = f"/api/v1/notifications/{answer.json()['id']}", "queued"
        while status not in {DELIVERED, *ENDED} and time.perf_counter() - began < DELIVERY_SECONDS:
            time.sleep(POLL_SECONDS)
            found = self.client.get(path, name="/api/v1/notifications/{id}")
            status = found.json().get("status", status) if found.ok else status
        self._tell(began, "" if status == DELIVERED else f"it is {status}")

    def _post(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Any:
        """202 is what is expected; 429 is told as a failure with its reason."""
        with self.client.post(path, json=body, headers=headers, catch_response=True) as answer:
            if answer.status_code == 202:
                answer.success()
            else:
                answer.failure(f"{answer.status_code}: {answer.text[:200]}")
        return answer

    def _tell(self, began: float, problem: str) -> None:
        self.environment.events.request.fire(
            request_type="END",
            name=DELIVERED,
            response_time=(time.perf_counter() - began) * 1000,
            response_length=0,
            exception=RuntimeError(problem) if problem else None,
            context={},
        )


def message() -> dict[str, Any]:
    """To one of a million addresses, which the simulator all takes."""
    number = random.randrange(1_000_000)
    return {**BY_MAIL, "to": f"delivered+{number}@example.org", "data": {"name": str(number)}}
