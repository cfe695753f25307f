"""`python -m signalbus.settings_reference`"""

import sys

from signalbus.settings_reference.files import write

for path in write():
    sys.stdout.write(f"Wrote {path}\n")
