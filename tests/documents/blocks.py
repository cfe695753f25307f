"""What a page of docs/ shows: commands for a shell, each with what it is answered."""

import re
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# A block of Python is run with the page's variables in its environment.
COMMANDS = {"sh": "{}", "python": "API=$API KEY=$KEY python3 - <<'END'\n{}END\n"}
ANSWERS = ("json", "http", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A block of commands; `kind` is empty where the page shows no answer to it."""

    command: str
    kind: str = ""
    answer: str = ""
    line: int = 0

    @property
    def only_reads(self) -> bool:
        """Whether it may be run again."""
        return " -d" not in self.command and " -X" not in self.command


def examples(page: Path) -> list[Example]:
    """All of a page, in order. An answer that follows no command is an AssertionError."""
    found: list[Example] = []
    for kind, text, line in _blocks(page.read_text()):
        if kind in COMMANDS:
            found.append(Example(command=COMMANDS[kind].format(text), line=line))
        elif kind in ANSWERS:
            last = found.pop() if found else Example(command="", kind="none")
            assert not last.kind, f"{page.name}:{line}: this answers no command"
            found.append(Example(command=last.command, kind=kind, answer=text, line=last.line))
    return found


def _blocks(text: str) -> list[tuple[str, str, int]]:
    return [
        (match[1], match[2], text.count("\n", 0, match.start()) + 1)
        for match in FENCE.finditer(text)
    ]
