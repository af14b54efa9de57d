"""Why a repetition counted and why a movement beside it did not, in words."""

from __future__ import annotations

from dataclasses import dataclass

from lumbar_server.detected import DetectedRepetition, DetectedSet, TimeView
from lumbar_server.errors import NotFoundError
from lumbar_server.pages import words
from lumbar_signal.events import Movement
from lumbar_signal.near_miss import Feature, NearMiss, Reason

AROUND_S = 2.0  # of signal shown before and after

_FEATURES = {  # less, more
    Feature.BASE: ("it began leaning farther back", "it began leaning farther forward"),
    Feature.RANGE: ("its range was smaller", "its range was larger"),
    Feature.DURATION: ("it was quicker", "it was slower"),
    Feature.LIFT: ("the sensor was lifted less", "the sensor was lifted more"),
    Feature.IMPULSE: ("it was gentler", "it was jerkier"),
    Feature.END: ("it went back beyond where it began", "it did not come back to where it began"),
    Feature.ROLL: ("it rolled less to a side", "it rolled more to a side"),
    Feature.PLATEAU: ("it stayed less at its end", "it stayed longer at its end"),
    Feature.UNREST: ("the body was stiller before it", "the body was not at rest before it"),
}


@dataclass(frozen=True, slots=True)
class Counted:
    """One repetition, and what it was measured by."""

    number: int
    start_s: float
    peak_s: float
    end_s: float
    range_deg: float
    confidence: float
    sureness: str
    lift_cm: float | None  # of the sensor, where it was measured again

    @property
    def window_s(self) -> tuple[float, float]:
        """What to show of the signal."""
        return self.start_s - AROUND_S, self.end_s + AROUND_S


@dataclass(frozen=True, slots=True)
class Missed:
    """A movement that did not count."""

    start_s: float
    peak_s: float
    end_s: float
    range_deg: float
    why: str


def counted_of(
    found: DetectedSet, number: int, movements: tuple[Movement, ...], time: TimeView
) -> Counted:
    """Return a repetition by its number from 1; raises ``NotFoundError``."""
    if not 1 <= number <= len(found.repetitions):
        raise NotFoundError(
            f"this set has {len(found.repetitions)} repetitions: choose one of them"
        )
    one = found.repetitions[number - 1]
    again = _measured(one, movements, time)
    return Counted(
        number,
        one.start_s,
        one.peak_s,
        one.end_s,
        one.range_deg,
        one.confidence,
        words.sureness(one.confidence),
        None if again is None else 50.0 * (again.rise_m + again.fall_m),
    )


def missed_of(found: NearMiss, time: TimeView) -> Missed:
    """Return a near miss in seconds and words."""
    start_s, peak_s, end_s = (time.s(at) for at in (found.start, found.peak, found.end))
    return Missed(start_s, peak_s, end_s, found.range_deg, why_not(found))


def why_not(found: NearMiss) -> str:
    """Return the reason in words."""
    name = "any exercise" if found.likest is None else words.exercise(found.likest.value)
    if found.reason is Reason.GAP:
        return "samples are missing in it: nobody can say that it was whole"
    if found.reason is Reason.CALIBRATION:
        return "taken for a bow that shows how the sensor sits"
    if found.reason is Reason.SMALL and found.set_range_deg is not None:
        return (
            f"much smaller than the set beside it: {found.range_deg:.0f}° "
            f"where the others had {found.set_range_deg:.0f}°"
        )
    if found.reason is Reason.FEW:
        return f"like {name}, but too few alike in a row for a set"
    if found.feature is None:
        return "unlike any exercise from that position"
    return f"unlike {name}: {_FEATURES[found.feature][found.is_more]}"


def position(t_s: float) -> str:
    """Return a place in a workout to a tenth of a second; ``−0:05.2`` is before its start."""
    tenths = round(10 * abs(t_s))
    sign = "\u2212" if t_s < 0.0 and tenths else ""
    return f"{sign}{tenths // 600}:{tenths % 600 / 10:04.1f}"


def _measured(
    one: DetectedRepetition, movements: tuple[Movement, ...], time: TimeView
) -> Movement | None:
    """Return the movement with the same peak, where the detector of now measures one."""
    near = min(movements, key=lambda each: abs(time.s(each.peak) - one.peak_s), default=None)
    if near is None or abs(time.s(near.peak) - one.peak_s) > 0.5 * (one.end_s - one.start_s):
        return None
    return near
