"""Which browser it is, in words, from what it says of itself. Pure.

Browsers name their ancestors too, so the order of the tables decides.
"""

from collections.abc import Mapping

NOTHING_KNOWN = "an unknown browser"

# What stands in the text → what people call it; the first that fits is taken.
BROWSERS: Mapping[str, str] = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Vivaldi/": "Vivaldi",
    "SamsungBrowser/": "Samsung Internet",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "HeadlessChrome/": "Chrome without a window",
    "Chrome/": "Chrome",
    "CriOS/": "Chrome",
    "Safari/": "Safari",
    "curl/": "curl",
    "python-": "a Python program",
}
SYSTEMS: Mapping[str, str] = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def in_words(agent: str) -> str:
    """`Firefox on Linux`, from a User-Agent header."""
    browser, system = _first(BROWSERS, agent), _first(SYSTEMS, agent)
    if not browser:
        return f"an unknown browser on {system}" if system else NOTHING_KNOWN
    return f"{browser} on {system}" if system else browser


def _first(table: Mapping[str, str], agent: str) -> str:
    return next((name for mark, name in table.items() if mark in agent), "")
