"""What a program says of itself on standard error: lines for people, or JSON for machines."""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime

from lumbar.errors import UsageError

_TALKATIVE = ("alembic", "uvicorn")
# Syslog's numbers; journald takes them from the start of a line, as <4>.
_PRIORITIES = {"DEBUG": 7, "INFO": 6, "WARNING": 4, "ERROR": 3, "CRITICAL": 2}


def log_to_stderr(level: int = logging.INFO) -> None:
    """Let a program say what happens, without the libraries' small talk.

    ``LUMBAR_LOG`` chooses ``text`` or ``json``; where it does not, systemd's journal gets JSON and
    everybody else text. Raises ``UsageError`` for another word.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_formatter())
    logging.basicConfig(level=level, handlers=[handler])
    for talkative in _TALKATIVE:
        logging.getLogger(talkative).setLevel(logging.WARNING)


def last_words(text: str) -> str:
    """Return the line that a program ends with, in the form that it writes."""
    try:
        formatter = _formatter()
    except UsageError:
        formatter = logging.Formatter()
    if not isinstance(formatter, JsonLines):
        return f"lumbar: {text}"
    return formatter.format(logging.LogRecord("lumbar", logging.CRITICAL, "", 0, text, (), None))


def _formatter() -> logging.Formatter:
    wanted, journal = os.environ.get("LUMBAR_LOG", ""), _writes_to_journal()
    if wanted not in ("", "text", "json"):
        raise UsageError(f"LUMBAR_LOG is {wanted!r}: write text or json")
    if wanted == "json" or (journal and not wanted):
        return JsonLines(with_priority=journal)
    return logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")


class JsonLines(logging.Formatter):
    """One JSON object a line: ``at`` (UTC), ``level``, ``logger``, ``message``, ``exception``.

    ``with_priority`` puts the priority before it, in the way that journald takes off again.
    """

    def __init__(self, *, with_priority: bool = False) -> None:
        super().__init__()
        self._with_priority = with_priority

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        at = datetime.fromtimestamp(record.created, UTC)
        content = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            content["exception"] = self.formatException(record.exc_info)
        priority = f"<{_PRIORITIES.get(record.levelname, 6)}>" if self._with_priority else ""
        return priority + json.dumps(content, ensure_ascii=False)


def _writes_to_journal() -> bool:
    """Tell whether standard error is the stream that systemd connected to its journal."""
    device, _, inode = os.environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        there = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError):  # no real file, as in a test
        return False
    return (device, inode) == (str(there.st_dev), str(there.st_ino))
