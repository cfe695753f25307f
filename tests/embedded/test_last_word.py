"""A failure is told in one line, taken from the log."""

from pathlib import Path

from signalbus.embedded.last_word import last_word

TRACEBACK = """\
Traceback (most recent call last):
  File "manage.py", line 11, in <module>
psycopg.errors.SyntaxError: syntax error at end of input

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "manage.py", line 12, in <module>
django.db.utils.ProgrammingError: syntax error at end of input
LINE 1: CREATE TABLE oops (
                          ^
"""


def test_a_traceback_ends_in_its_error(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(TRACEBACK)
    expected = "django.db.utils.ProgrammingError: syntax error at end of input"
    assert last_word(log) == expected
    log.write_text(TRACEBACK + "Traceback (most recent call last):\nKeyError: 'x'\n")
    assert last_word(log) == "KeyError: 'x'"


def test_without_a_traceback_the_last_line_counts(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert last_word(log) == "it wrote nothing"
    log.write_text("FATAL: the disk is full\n\n")
    assert last_word(log) == "FATAL: the disk is full"
