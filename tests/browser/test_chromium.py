"""Finding the browser: which one is taken, and what is said where there is none."""

import pytest

from tests.browser import chromium

INSTALLED = {"/opt/chrome": "/opt/chrome", "google-chrome": "/usr/bin/google-chrome"}


def test_the_first_that_is_installed_is_taken():
    assert chromium.find({}, INSTALLED.get) == "/usr/bin/google-chrome"
    both = {**INSTALLED, "chromium": "/usr/bin/chromium"}
    assert chromium.find({}, both.get) == "/usr/bin/chromium"


def test_the_one_that_is_named_goes_first():
    assert chromium.find({"CHROMIUM": "/opt/chrome"}, INSTALLED.get) == "/opt/chrome"


def test_a_wrong_name_is_told_and_nothing_else_taken():
    with pytest.raises(chromium.WrongBrowserError, match="CHROMIUM names /opt/chrme"):
        chromium.find({"CHROMIUM": "/opt/chrme"}, INSTALLED.get)


def test_without_one_the_command_is_told_that_installs_one():
    with pytest.raises(chromium.NoBrowserError, match="apt-get install chromium"):
        chromium.find({}, {}.get)


def test_only_root_goes_without_a_sandbox():
    assert "--no-sandbox" in chromium.arguments(0)
    assert "--no-sandbox" not in chromium.arguments(1000)
