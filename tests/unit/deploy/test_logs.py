"""What the programs say of themselves."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lumbar.logs import JsonLines

PROGRAM = """
import logging
from lumbar.logs import log_to_stderr
log_to_stderr()
log = logging.getLogger("part")
log.info("stored %d samples of %s", 3, "Zoë")
try:
    1 / 0
except ZeroDivisionError:
    log.exception("went wrong")
logging.getLogger("alembic").info("small talk")
"""


def said(**variables: str) -> list[str]:
    """Lines on standard error of a program that runs in this environment."""
    environment = {k: v for k, v in os.environ.items() if k not in ("LUMBAR_LOG", "JOURNAL_STREAM")}
    reading, writing = os.pipe()
    if variables.pop("journal", ""):
        there = os.fstat(writing)
        variables["JOURNAL_STREAM"] = f"{there.st_dev}:{there.st_ino}"
    with os.fdopen(reading, encoding="utf-8") as lines:
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env=environment | variables,
            stderr=writing,
            check=False,
        )
        os.close(writing)
        return lines.read().splitlines()


def test_lines_are_for_people_unless_asked() -> None:
    first, second, *trace = said()
    assert first.endswith(" INFO part: stored 3 samples of Zoë")
    assert second.endswith(" ERROR part: went wrong")
    assert trace[-1] == "ZeroDivisionError: division by zero"


def test_every_line_is_an_object_where_json_is_asked_for() -> None:
    first, second = (json.loads(line) for line in said(LUMBAR_LOG="json"))
    assert first.pop("at").endswith("+00:00")
    assert first == {"level": "info", "logger": "part", "message": "stored 3 samples of Zoë"}
    assert second["level"] == "error"
    assert second["exception"].endswith("ZeroDivisionError: division by zero")


def test_journal_gets_json_with_the_priority_before_it() -> None:
    first, second = said(journal="yes")
    assert (first[:3], second[:3]) == ("<6>", "<3>")
    assert json.loads(first[3:])["message"] == "stored 3 samples of Zoë"


def test_text_may_be_asked_for_in_the_journal_too() -> None:
    assert said(journal="yes", LUMBAR_LOG="text")[0].endswith("part: stored 3 samples of Zoë")


def test_stream_of_somebody_else_is_no_journal() -> None:
    assert said(JOURNAL_STREAM="1:2")[0].endswith("part: stored 3 samples of Zoë")


def test_last_words_of_a_program_are_in_the_same_form(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "lumbar", "analyze", str(tmp_path / "nowhere.csv")]
    command += ["--format", "nonsense"]
    for form in ("text", "json"):
        environment = {**os.environ, "LUMBAR_LOG": form}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        if form == "text":
            assert done.stderr.startswith("lumbar: ")
        else:
            said = json.loads(done.stderr)
            assert (said["level"], said["logger"]) == ("critical", "lumbar")


def test_unknown_word_is_refused() -> None:
    assert said(LUMBAR_LOG="xml")[-1].endswith("LUMBAR_LOG is 'xml': write text or json")


@pytest.mark.parametrize("level", [logging.DEBUG, logging.CRITICAL])
def test_levels_have_syslogs_numbers(level: int) -> None:
    record = logging.LogRecord("part", level, "", 0, "hello", (), None)
    line = JsonLines(with_priority=True).format(record)
    assert line.startswith("<7>" if level == logging.DEBUG else "<2>")


def test_nothing_that_a_program_loads_sets_up_logging_before_it() -> None:
    code = "import logging, lumbar.household; assert logging.getLogger().handlers == []"
    subprocess.run([sys.executable, "-c", code], check=True)
