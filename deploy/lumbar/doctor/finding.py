"""What a check says."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class State(enum.StrEnum):
    """How a check came out; only FAILED changes the exit status."""

    OK = "ok"
    NOTE = "note"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says, and what to do about it."""

    part: str
    state: State
    said: str
    remedy: str = ""


def short(error: BaseException) -> str:
    """Return the beginning of what a library complains of."""
    return (" ".join(str(error).split()) or type(error).__name__)[:100]
