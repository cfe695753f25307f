"""What the shop tells of an order, a code or an invoice: the data of its notifications."""

from collections.abc import Callable
from random import Random
from typing import Any

BOOKS = (
    ("The Lighthouse Keeper's Almanac", "E. Marchand", 18.50),
    ("Tides and Timetables", "J. Holm", 24.00),
    ("A Small History of Harbours", "R. Okafor", 21.90),
    ("Letters from the Breakwater", "C. Silva", 14.00),
    ("Knots, Bends and Hitches", "P. Keller", 29.00),
    ("The Night Ferry", "S. Ivanov", 12.90),
)
SHOP = "https://harbour-books.example.org"


def order_number(random: Random) -> str:
    """Such as HB-48213."""
    return f"HB-{random.randrange(41_000, 49_999)}"


def _confirmed(random: Random) -> dict[str, Any]:
    chosen = random.sample(BOOKS, random.choice((1, 1, 2, 3)))
    books = [
        {"title": title, "author": author, "price": f"{price:.2f}"}
        for title, author, price in chosen
    ]
    order = order_number(random)
    total = sum(price for _, _, price in chosen)
    return {"order": order, "books": books, "total": f"{total:.2f}", "url": f"{SHOP}/o/{order}"}


def _shipped(random: Random) -> dict[str, Any]:
    order = order_number(random)
    return {"order": order, "url": f"{SHOP}/o/{order}"}


def _code(random: Random) -> dict[str, Any]:
    return {"code": f"{random.randrange(1_000_000):06}", "minutes": 10}


def _welcome(_random: Random) -> dict[str, Any]:
    return {"url": f"{SHOP}/first-steps"}


def _delayed(random: Random) -> dict[str, Any]:
    return {"order": order_number(random)}


def _invoice(random: Random) -> dict[str, Any]:
    number = f"2026-{random.randrange(1000, 9999)}"
    return {
        "invoice": number,
        "total": f"{random.uniform(80, 900):.2f}",
        "url": f"{SHOP}/i/{number}",
    }


def _newsletter(_random: Random) -> dict[str, Any]:
    return {
        "title": "Six books for a rainy harbour",
        "teaser": "The shelves by the window are new this week.",
        "url": f"{SHOP}/news/47",
    }


def _password(_random: Random) -> dict[str, Any]:
    return {"url": f"{SHOP}/help"}


DATA: dict[str, Callable[[Random], dict[str, Any]]] = {
    "order.confirmed": _confirmed,
    "order.shipped": _shipped,
    "order.delayed": _delayed,
    "login.code": _code,
    "welcome": _welcome,
    "invoice.sent": _invoice,
    "newsletter.weekly": _newsletter,
    "password.changed": _password,
}
