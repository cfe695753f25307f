"""Clients as they should be: one request at a time, repeated with its key until it is answered."""

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from benchmarks.people import Customer

PRIORITIES = ("high", "normal", "bulk")
TIMEOUT = 15.0  # seconds for one try
PAUSE = 0.1  # before a request is repeated
ACCEPTED = 202


@dataclass(slots=True)
class Crowd:
    """So many clients that send `count` notifications between them, at a pace.

    `accepted` holds the deliveries of every 202, by tenant; `stuck` the tries after which a client
    gave up.
    """

    port: int
    customers: list[Customer]
    clients: int
    count: int
    per_second: float
    accepted: dict[str, set[str]] = field(default_factory=dict)
    answers: int = 0
    stuck: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        """Let them begin."""
        self.accepted = {customer.schema: set() for customer in self.customers}
        self._threads = [
            threading.Thread(target=self._send, args=(number,), daemon=True)
            for number in range(self.clients)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def busy(self) -> bool:
        """Whether any of them is still sending."""
        return any(thread.is_alive() for thread in self._threads)

    def _send(self, client: int) -> None:
        begun = time.monotonic()
        for turn, number in enumerate(range(client, self.count, self.clients)):
            due = begun + turn * self.clients / self.per_second
            time.sleep(max(due - time.monotonic(), 0.0))
            customer = self.customers[number % len(self.customers)]
            answer = self._until_accepted(customer, _body(number))
            if answer is None:
                return
            with self._lock:
                self.answers += 1
                self.accepted[customer.schema] |= {each["id"] for each in answer["deliveries"]}

    def _until_accepted(self, customer: Customer, body: bytes) -> Any:
        key, last, ends = uuid4().hex, "", time.monotonic() + 120.0
        while time.monotonic() < ends:
            try:
                status, answer = self._post(customer, body, key)
            except (OSError, http.client.HTTPException, ValueError) as error:
                status, answer = 0, str(error)
            if status == ACCEPTED:
                return answer
            last = f"{status} {answer}"
            time.sleep(PAUSE)
        self.stuck.append(last)
        return None

    def _post(self, customer: Customer, body: bytes, key: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)
        try:
            headers = {
                "Authorization": f"Bearer {customer.key}",
                "Content-Type": "application/json",
                "Idempotency-Key": key,
            }
            connection.request("POST", "/api/v1/notify", body, headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read())
        finally:
            connection.close()


def _body(number: int) -> bytes:
    return json.dumps(
        {
            "topic": "order.shipped",
            "recipient": {"email": f"person{number}@example.org"},
            "data": {"order": f"A-{number}", "url": f"https://shop.example.org/orders/{number}"},
            "channels": ["email"],
            "priority": PRIORITIES[number % len(PRIORITIES)],
        }
    ).encode()
