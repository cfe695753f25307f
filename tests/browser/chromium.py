"""Chromium: where it is, and how it is started."""

import os
import shutil
from collections.abc import Callable, Mapping

from playwright.sync_api import Browser, Playwright

VARIABLE = "CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "there is no browser: apt-get install chromium, or name the program of one by the variable "
    f"{VARIABLE}"
)
ARGUMENTS = (
    # Consoles are told apart by their hosts, which no name server knows.
    "--host-resolver-rules=MAP *.localhost 127.0.0.1, MAP localhost 127.0.0.1",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
)


class NoBrowserError(Exception):
    """No browser was found; the message says how to get one."""


class WrongBrowserError(Exception):
    """The one that is named is no program."""


def find(
    environment: Mapping[str, str] = os.environ,
    which: Callable[[str], str | None] = shutil.which,
) -> str:
    """Return the program that the environment names, or else the first that is installed.

    Raises:
        NoBrowserError: there is none.
        WrongBrowserError: the one named is none.
    """
    named = environment.get(VARIABLE)
    program = next(filter(None, map(which, [named] if named else NAMES)), None)
    if program:
        return program
    if named:
        raise WrongBrowserError(f"{VARIABLE} names {named}, which is no program")
    raise NoBrowserError(MISSING)


def launch(playwright: Playwright) -> Browser:
    """Start the browser that was found, without a screen. Raises what `find` does."""
    return playwright.chromium.launch(executable_path=find(), args=arguments(os.geteuid()))


def arguments(user: int) -> list[str]:
    """How it is started by that user; Chromium refuses to build its sandbox for root (0)."""
    return [*ARGUMENTS, *(["--no-sandbox"] if user == 0 else [])]
