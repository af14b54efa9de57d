"""A live run's own log: what was counted, and when it was told."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

from lumbar.scoring.span import Seconds, Span
from lumbar.scoring.vocabulary import Exercise


@dataclass(frozen=True, slots=True)
class LiveCount(Span):
    """A repetition that the wearer heard counted at ``at_s`` on the trace's clock."""

    type: Literal["repetition_counted"]
    trace: str
    at_s: Seconds
    exercise: Exercise

    def to_line(self) -> str:
        """Return one line of the log, without its end."""
        return json.dumps(asdict(self), allow_nan=False, separators=(",", ":"))
