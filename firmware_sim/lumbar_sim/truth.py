"""What the wearer truly did, in the words and times of ``lumbar.analysis/1``.

All times are in seconds of true time since the first sample.
"""

from __future__ import annotations

import enum
from dataclasses import asdict, dataclass
from typing import Any

SCHEMA = "lumbar.truth/1"


class Exercise(enum.StrEnum):
    """The thirteen movements of the back programme, and regular exercise that is none of them."""

    DEAD_BUG = "dead_bug"
    BIRD_DOG = "bird_dog"
    PELVIC_TILT = "pelvic_tilt"
    WALL_PLANK = "wall_plank"
    FOREARM_PLANK = "forearm_plank"
    GLUTE_BRIDGE = "glute_bridge"
    SIDE_LYING_LEG_RAISE = "side_lying_leg_raise"
    MODIFIED_DEADLIFT = "modified_deadlift"
    KNEES_TO_CHEST = "knees_to_chest"
    CAT_COW = "cat_cow"
    CHILDS_POSE = "childs_pose"
    SEATED_HAMSTRING_STRETCH = "seated_hamstring_stretch"
    SUPINE_SPINAL_TWIST = "supine_spinal_twist"
    UNKNOWN = "unknown"


class FaultKind(enum.StrEnum):
    """How repetitions are done badly."""

    RUSHING = "rushing"
    HALF_RANGE = "half_range"
    HIP_DROP = "hip_drop"


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
class TrueFault:
    """From the start of the first repetition done badly to the end of the last."""

    kind: FaultKind
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class TrueSet:
    """A stretch of one exercise, from its first repetition or hold to the end of its last."""

    exercise: Exercise
    start_s: float
    end_s: float
    repetitions: tuple[TrueRepetition, ...] = ()
    holds: tuple[TrueHold, ...] = ()
    deviations: tuple[TrueDeviation, ...] = ()
    faults: tuple[TrueFault, ...] = ()
    kind: str | None = None  # what it is where the exercise is unknown

    def to_dict(self) -> dict[str, Any]:
        """Return plain values; ``kind`` only where there is one."""
        values = asdict(self)
        if self.kind is None:
            del values["kind"]
        return values


@dataclass(frozen=True, slots=True)
class TrueEveryday:
    """A stretch of everyday life: no exercise, whatever it looks like."""

    kind: str
    start_s: float
    end_s: float


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
    everyday: tuple[TrueEveryday, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the labels as plain values for JSON, schema ``lumbar.truth/1``.

        Who wrote the trace adds its own head: seed, families, body and recording.
        """
        return {
            "schema": SCHEMA,
            "simulated": True,
            "sets": [each.to_dict() for each in self.sets],
            "everyday": [asdict(each) for each in self.everyday],
            "postures": [asdict(each) for each in self.postures],
        }
