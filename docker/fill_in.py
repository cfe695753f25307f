"""Prints .env.example with fresh secrets in the places that have to be filled in."""

import base64
import os
import re
import secrets
import sys
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parent.parent / ".env.example"
FRESH = {
    "POSTGRES_PASSWORD": lambda: secrets.token_hex(24),
    "GRAFANA_PASSWORD": lambda: secrets.token_hex(24),
    "KAFKA_PASSWORD": lambda: secrets.token_hex(24),
    "SIGNALBUS_SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "SIGNALBUS_ENCRYPTION_KEYS": lambda: "k1:" + base64.b64encode(os.urandom(32)).decode(),
}


def filled_in(text: str) -> str:
    """The text with a value behind each of those names, also where its line is a comment."""
    for name, make in FRESH.items():
        text = re.sub(f"^#?{name}=$", f"{name}={make()}", text, flags=re.MULTILINE)
    return text


if __name__ == "__main__":
    sys.stdout.write(filled_in(EXAMPLE.read_text(encoding="utf-8")))
