"""`python -m tests.browser.screenshots`: what `make screenshots` runs."""

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from signalbus.embedded.progress import say
from tests.browser import chromium
from tests.browser.screenshots import stage
from tests.browser.screenshots.taking import HEIGHTS, Album, album

# Redoc's page asks for a picture of its maker's, and the policy of our pages refuses it.
REFUSED = "cdn.redoc.ly"
FOLDER = Path("var") / "screenshots"


def main(arguments: Sequence[str] = ()) -> int:
    """Take every picture at every width; 1 where the browser is missing or complained."""
    try:
        chromium.find()
    except chromium.NoBrowserError as error:
        say(f"No pictures: {error}")
        return 1
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screenshots")
    parser.add_argument("--docs", action="store_true", help="take those of docs/images anew")
    documents = parser.parse_args(arguments).docs
    began = time.monotonic()
    with stage.built() as built:
        albums = _taken(built, documents)
    for each in albums:
        _tell(each)
    complaints = {line for each in albums for line in each.complaints if REFUSED not in line}
    for line in sorted(complaints):
        say(f"The browser complained: {line}")
    say(f"{sum(len(each.taken) for each in albums)} pictures, {time.monotonic() - began:.0f} s")
    return 1 if complaints else 0


def _taken(built: stage.Stage, documents: bool) -> list[Album]:
    from tests.browser.screenshots.sights import visits

    take = partial(album, folder=FOLDER, visits=visits(built), documents=documents)
    with stage.in_trouble(built.shop), ThreadPoolExecutor(len(HEIGHTS)) as threads:
        return list(threads.map(take, HEIGHTS))


def _tell(each: Album) -> None:
    for picture in each.taken:
        beyond = f"  {picture.beyond} pixels too wide" if picture.beyond > 0 else ""
        say(f"{picture.path}{beyond}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
