"""What stops a command of the embedded stack."""

from pathlib import Path


class StackError(Exception):
    """A cause, the log file that tells more (if any), and what to do next; shown to the user."""

    def __init__(self, cause: str, *, remedy: str, log: Path | None = None) -> None:
        super().__init__(cause)
        self.cause = cause
        self.remedy = remedy
        self.log = log

    def lines(self) -> list[str]:
        """Return what is printed: cause, log file and next step, one line each."""
        log = [f"  Log file:  {self.log}"] if self.log else []
        return [f"Error: {self.cause}", *log, f"  Next step: {self.remedy}"]
