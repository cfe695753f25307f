"""The pictures that the documentation shows: the upper part of some pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path("docs") / "images"
MOST_BYTES = 200_000  # of a picture, so that a page of the documentation is there at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The first so many pixels of a page, in a window so wide."""

    page: str
    width: int
    height: int


SHOWN: Mapping[str, Shown] = {
    "home": Shown(page="tenant-index", width=1440, height=1090),
    "notification": Shown(page="tenant-notifications_notification_change", width=1440, height=1000),
    "dead-letters": Shown(page="tenant-delivery_deadletter_changelist", width=1440, height=620),
    "preview": Shown(page="tenant-preview", width=1440, height=960),
    "tenants": Shown(page="platform-tenants_tenant_changelist", width=1440, height=730),
    "telephone-home": Shown(page="tenant-index", width=390, height=844),
    "telephone-notification": Shown(
        page="tenant-notifications_notification_change", width=390, height=844
    ),
}


def clips_of(page: str, width: int) -> dict[Path, int]:
    """Where the documentation shows that picture, and how many pixels of its height."""
    return {
        FOLDER / f"{name}.png": shown.height
        for name, shown in SHOWN.items()
        if (shown.page, shown.width) == (page, width)
    }
