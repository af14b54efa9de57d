"""What the wearer truly did, in the words and times of ``lumbar.analysis/1``.

All times are in seconds of true time since the first sample.
"""

from __future__ import annotations

import enum
from dataclasses import asdict, dataclass
from typing import Any

SCHEMA = "lumbar.truth/1"


class Exercise(enum.StrEnum):
    """The movements that the simulated wearer can do."""

    FOREARM_PLANK = "forearm_plank"
    GLUTE_BRIDGE = "glute_bridge"
    CAT_COW = "cat_cow"


class DeviationKind(enum.StrEnum):
    """How a hold leaves its own beginning."""

    SAG = "sag"
    PIKE = "pike"
    ROLL_LEFT = "roll_left"
    ROLL_RIGHT = "roll_right"


@dataclass(frozen=True, slots=True)
class TrueRepetition:
    """From leaving the base by 10 % of the range to being back; the peak is the extreme."""

    start_s: float
    peak_s: float
    end_s: float
    range_deg: float  # between the directions of gravity at base and peak


@dataclass(frozen=True, slots=True)
class TrueHold:
    """From 90 % of the way into the posture to 10 % of the way out of it."""

    start_s: float
    end_s: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class TrueDeviation:
    """From 10 % of its own size to being back there, or to the hold's end."""

    kind: DeviationKind
    start_s: float
    end_s: float
    peak_deg: float


@dataclass(frozen=True, slots=True)
class TrueSet:
    """A stretch of one exercise, from its first repetition or hold to the end of its last."""

    exercise: Exercise
    start_s: float
    end_s: float
    repetitions: tuple[TrueRepetition, ...] = ()
    holds: tuple[TrueHold, ...] = ()
    deviations: tuple[TrueDeviation, ...] = ()


@dataclass(frozen=True, slots=True)
class TruePosture:
    """A stretch of one posture; the names are those of ``lumbar.analysis/1``."""

    posture: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Truth:
    """All labels of one workout, in order of time."""

    sets: tuple[TrueSet, ...]
    postures: tuple[TruePosture, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the labels as plain values for JSON, schema ``lumbar.truth/1``."""
        return {"schema": SCHEMA, **asdict(self)}
