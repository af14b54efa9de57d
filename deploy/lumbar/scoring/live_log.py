"""A live run's own log: what was counted, which deviation was told, and when."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

from lumbar.scoring.span import Seconds, Span
from lumbar.scoring.vocabulary import Deviation, Exercise


@dataclass(frozen=True, slots=True)
class LiveCount(Span):
    """A repetition that the wearer heard counted at ``at_s`` on the trace's clock."""

    type: Literal["repetition_counted"]
    trace: str
    at_s: Seconds
    exercise: Exercise

    def to_line(self) -> str:
        """Return one line of the log, without its end."""
        return _line(self)


@dataclass(frozen=True, slots=True)
class LiveCue:
    """A deviation in exercise that the wearer was told of at ``at_s`` on the trace's clock."""

    type: Literal["deviation_started"]
    trace: str
    at_s: Seconds
    kind: Deviation
    start_s: Seconds  # as the program saw it

    def to_line(self) -> str:
        """Return one line of the log, without its end."""
        return _line(self)


LiveEvent = LiveCount | LiveCue


def _line(event: LiveEvent) -> str:
    return json.dumps(asdict(event), allow_nan=False, separators=(",", ":"))
