"""What is asked of a smoke test."""

import os
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KEY_VARIABLE = "SIGNALBUS_SMOKE_KEY"
TEST_KEY = "sb_test_"
SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to, with which key, and how long a delivery may take in seconds."""

    url: str
    key: str
    timeout: float


def add_arguments(parser: ArgumentParser) -> None:
    """The flags of both ways to call it."""
    parser.add_argument(
        "--url", required=True, help="address, such as https://signalbus.example.org"
    )
    parser.add_argument(
        "--key",
        default="",
        help=f"a test key with the scopes send and read; or set {KEY_VARIABLE}, which no list of "
        "processes shows",
    )
    parser.add_argument(
        "--timeout",
        type=float,
        default=SECONDS,
        help="seconds until the message has to be delivered (default: %(default)s)",
    )


def target_of(given: Mapping[str, Any]) -> Target:
    """The target as asked. Raises ValueError, which says what to write instead."""
    key, url = given["key"] or os.environ.get(KEY_VARIABLE, ""), given["url"].rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"--url takes an address with http:// or https://, not {given['url']!r}.")
    if not key:
        raise ValueError(f"A test key is needed: --key sb_test_…, or {KEY_VARIABLE}.")
    if not key.startswith(TEST_KEY):
        raise ValueError(
            f"Only test keys ({TEST_KEY}…) are taken: a live key would send to people."
        )
    if given["timeout"] <= 0:
        raise ValueError("--timeout takes seconds above 0.")
    return Target(url=url, key=key, timeout=given["timeout"])
