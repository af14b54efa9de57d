"""What the detector says: plain values, positions in samples of the stream.

A position is a fractional sample index (``float``): ``12.5`` lies half-way between samples 12 and
13. Divide by the sampling rate for seconds since the stream's index 0. Intervals are half-open.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


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


class Posture(enum.StrEnum):
    """Which way gravity points in the body."""

    UPRIGHT = "upright"
    LEANING_FORWARD = "leaning_forward"
    SUPINE = "supine"
    PRONE = "prone"
    LEFT_SIDE = "left_side"
    RIGHT_SIDE = "right_side"
    INVERTED = "inverted"
    UNKNOWN = "unknown"


class DeviationKind(enum.StrEnum):
    """How a hold or a posture left its target; the first four inside exercise, the rest outside."""

    SAG = "sag"
    PIKE = "pike"
    ROLL_LEFT = "roll_left"
    ROLL_RIGHT = "roll_right"
    SUSTAINED_FLEXION = "sustained_flexion"
    SLOUCH = "slouch"
    LATERAL_LEAN = "lateral_lean"


@dataclass(frozen=True, slots=True)
class Repetition:
    """One repetition, from leaving its base by 10 % of its range to being back."""

    start: float
    peak: float
    end: float
    range_deg: float  # angle between the directions of gravity at base and peak
    confidence: float


@dataclass(frozen=True, slots=True)
class Hold:
    """A posture held still."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Deviation:
    """A departure from the hold's own start, or from upright standing outside exercise."""

    kind: DeviationKind
    start: float
    end: float
    peak_deg: float  # a magnitude; the kind has the direction


@dataclass(frozen=True, slots=True)
class PostureInterval:
    """A stretch of one posture."""

    posture: Posture
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Movement:
    """Gravity went out from a base and came back: what was measured, before it has a name."""

    lane: int  # row of LANES
    start: float  # left the base by 10 % of the range
    peak: float
    end: float  # back within 10 %
    range_deg: float  # angle between the directions of gravity at base and peak
    base_deg: float  # sagittal angle
    rolled_deg: float  # lateral tilt at the peak less that at the base; lying, at the nearer one
    dropped_deg: float  # farthest lateral tilt at the top, less that at the nearer base
    duration_s: float
    out_s: float  # from 10 to 90 % of the range
    top_s: float  # above 90 %
    back_s: float
    rise_m: float  # of the sensor on the way out; positive upwards
    fall_m: float  # on the way back; positive downwards
    lift_error_m: float  # of their mean, by the converter's noise, gain and offset
    length_error_g: float  # of |a| between base and peak, by the converter's gain and offset
    accel_g: float  # standard deviation of |a|
    end_offset: float  # where it ended, from the base, as a share of the range
    unrest_g: float  # RMS of |a| about its mean just before: steps show there; -1 unknown
    calibrating: bool  # bows of calibration were still awaited
    broken: bool  # samples are missing in it: it was a movement, and no repetition


@dataclass(frozen=True, slots=True)
class Stay:
    """The body kept its position: what was measured, before it has a name."""

    start: float
    end: float  # so far, where it is not closed
    sagittal_deg: float
    lateral_deg: float
    sagittal_sway_deg: float  # standard deviation
    heave_g: float  # RMS of |a| near 1 Hz
    shake_g2: float  # energy in 3 to 12 Hz
    noise_g2: float  # the same at rest
    shake_ticks: float  # in that mean
    closed: bool
    calibrated: bool
    turns: float  # how often the body turned round: lateral tilt, and more than twice forward
    entry_g: float  # RMS of |a| about its mean in the 3 s before; -1 unknown


# What the detector sees, in the order in which it happens; ``at`` is the index of the sample that
# showed it.


@dataclass(frozen=True, slots=True)
class PostureChanged:
    """A posture began."""

    at: int
    start: float
    posture: Posture


@dataclass(frozen=True, slots=True)
class MovementClosed:
    """A movement is back at its base."""

    at: int
    movement: Movement


@dataclass(frozen=True, slots=True)
class StayMeasured:
    """A stay goes on or is over."""

    at: int
    stay: Stay


# What a workout makes of it


@dataclass(frozen=True, slots=True)
class RepetitionCounted:
    """A repetition counts from now on; its exercise may be settled later by the set it is in."""

    at: int
    exercise: Exercise
    repetition: Repetition


@dataclass(frozen=True, slots=True)
class HoldStarted:
    """A hold has lasted long enough to be one."""

    at: int
    exercise: Exercise
    start: float


@dataclass(frozen=True, slots=True)
class HoldEnded:
    """A hold is over."""

    at: int
    exercise: Exercise
    hold: Hold


@dataclass(frozen=True, slots=True)
class DeviationStarted:
    """A deviation has lasted long enough to be told; inside a hold where ``in_hold``."""

    at: int
    kind: DeviationKind
    start: float
    in_hold: bool


@dataclass(frozen=True, slots=True)
class DeviationEnded:
    """A deviation is over."""

    at: int
    deviation: Deviation
    in_hold: bool


@dataclass(frozen=True, slots=True)
class SegmentStarted:
    """Samples begin here afresh: the stream's start, or the end of a gap of more than 5 s."""

    at: int


Event = (
    PostureChanged
    | MovementClosed
    | StayMeasured
    | DeviationStarted
    | DeviationEnded
    | SegmentStarted
)
Announcement = (
    PostureChanged
    | RepetitionCounted
    | HoldStarted
    | HoldEnded
    | DeviationStarted
    | DeviationEnded
    | SegmentStarted
)


@dataclass(frozen=True, slots=True)
class ExerciseSet:
    """A stretch of one exercise."""

    exercise: Exercise
    start: float  # of its first repetition or hold
    end: float  # of its last
    confidence: float
    coverage: float  # fraction of its samples that were received
    closed: bool  # false while more may follow
    told_live: Exercise | None = None  # what it was called 5 s after its parts; None for nothing
    repetitions: tuple[Repetition, ...] = ()
    holds: tuple[Hold, ...] = ()
    deviations: tuple[Deviation, ...] = ()
