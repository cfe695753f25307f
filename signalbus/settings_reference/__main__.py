"""`python -m signalbus.settings_reference` writes both files; `--check` only says which differ."""

import sys

from signalbus.settings_reference.files import stale, write

if "--check" in sys.argv[1:]:
    differing = list(stale())
    sys.stdout.writelines(f"Out of date: {path}\n" for path in differing)
    sys.exit(1 if differing else 0)
sys.stdout.writelines(f"Wrote {path}\n" for path in write())
