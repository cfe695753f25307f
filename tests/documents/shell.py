"""A shell that keeps its variables from one block of commands to the next, as a reader's does."""

import os
import shutil
import subprocess
from pathlib import Path
from types import TracebackType

END = "--end-of-block--"


class Shell:
    """Runs blocks in a folder. What they write to standard error is kept in `errors`."""

    def __init__(self, folder: Path) -> None:
        for program in ("bash", "curl"):
            assert shutil.which(program), f"The pages' examples need {program}: install it."
        self.errors = folder / "errors"
        (folder / ".curlrc").write_text("silent\nshow-error\nmax-time = 60\n")
        with self.errors.open("wb") as errors:
            self._bash = subprocess.Popen(
                ["bash", "--noprofile", "--norc"],
                cwd=folder,
                env={**os.environ, "HOME": str(folder)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                bufsize=1,
            )

    def __enter__(self) -> "Shell":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bash.kill()
        self._bash.wait(10)

    def run(self, block: str) -> str:
        """What the block prints."""
        assert self._bash.stdin
        assert self._bash.stdout
        self._bash.stdin.write(f"{block}\necho; echo {END}\n")
        self._bash.stdin.flush()
        lines: list[str] = []
        for line in self._bash.stdout:
            if line.strip() == END:
                break
            lines.append(line)
        return "".join(lines)
