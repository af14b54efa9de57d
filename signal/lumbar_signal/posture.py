"""Tick clock: the posture, by where gravity points, with hysteresis and dwell."""

from __future__ import annotations

from lumbar_signal.constants import (
    INVERTED_BACK_DEG,
    INVERTED_FRONT_DEG,
    LEANING_DEG,
    POSTURE_DWELL_TICKS,
    POSTURE_HYSTERESIS_DEG,
    PRONE_DEG,
    SIDE_DEG,
    SUPINE_DEG,
)
from lumbar_signal.eventlog import POSTURE_CHANGED, write
from lumbar_signal.events import Posture
from lumbar_signal.exercises import POSTURES
from lumbar_signal.jit import stage
from lumbar_signal.state import Record

UPRIGHT = POSTURES.index(Posture.UPRIGHT)
LEANING_FORWARD = POSTURES.index(Posture.LEANING_FORWARD)
SUPINE = POSTURES.index(Posture.SUPINE)
PRONE = POSTURES.index(Posture.PRONE)
LEFT_SIDE = POSTURES.index(Posture.LEFT_SIDE)
RIGHT_SIDE = POSTURES.index(Posture.RIGHT_SIDE)
INVERTED = POSTURES.index(Posture.INVERTED)
UNKNOWN = POSTURES.index(Posture.UNKNOWN)


@stage
def posture_of(sagittal_deg: float, lateral_deg: float) -> int:
    """Return the posture for the two angles of gravity."""
    if abs(lateral_deg) > SIDE_DEG:
        return RIGHT_SIDE if lateral_deg > 0.0 else LEFT_SIDE
    if sagittal_deg < INVERTED_BACK_DEG or sagittal_deg > INVERTED_FRONT_DEG:
        return INVERTED
    if sagittal_deg < SUPINE_DEG:
        return SUPINE
    if sagittal_deg < LEANING_DEG:
        return UPRIGHT
    return LEANING_FORWARD if sagittal_deg < PRONE_DEG else PRONE


@stage
def _still_fits(posture: int, sagittal_deg: float, lateral_deg: float) -> bool:
    """Say whether a direction within the hysteresis of this one has the posture."""
    for sagittal_step in (-POSTURE_HYSTERESIS_DEG, 0.0, POSTURE_HYSTERESIS_DEG):
        for lateral_step in (-POSTURE_HYSTERESIS_DEG, 0.0, POSTURE_HYSTERESIS_DEG):
            if posture_of(sagittal_deg + sagittal_step, lateral_deg + lateral_step) == posture:
                return True
    return False


@stage
def follow_posture(s: Record, log: Record) -> None:
    """Tell a posture once it has lasted for 1 s; its start is where it began."""
    seen = UNKNOWN
    if s.valid == 1:
        seen = posture_of(s.sagittal_deg, s.lateral_deg)
        if s.posture >= 0 and _still_fits(s.posture, s.sagittal_deg, s.lateral_deg):
            seen = s.posture
    if seen != s.posture_next:
        s.posture_next = seen
        s.posture_since = s.tick
        s.posture_at = max(s.next_index - 1 - s.delay_samples, s.segment_start)
    if seen != s.posture and s.tick - s.posture_since >= POSTURE_DWELL_TICKS:
        start = s.posture_at if s.posture >= 0 else float(s.segment_start)
        s.posture = seen
        write(log, POSTURE_CHANGED, s.next_index - 1, seen, start, 0.0, 0.0, 0.0, 0.0)
