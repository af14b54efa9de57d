"""What a wearer can do: each activity knows its stance, its movement and its labels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import numpy as np

from lumbar_sim import unrest
from lumbar_sim.body import Stance
from lumbar_sim.labelling import DeviationSpan, PlannedSet, Span
from lumbar_sim.limits import require
from lumbar_sim.motion import Pose
from lumbar_sim.performance import Performance
from lumbar_sim.truth import DeviationKind, Exercise


class Activity(Protocol):
    """Something to do, begun in ``stance``."""

    @property
    def stance(self) -> Stance:
        """Where it begins; the performance gets there first."""
        ...

    def perform(self, performance: Performance) -> None:
        """Move."""
        ...


@dataclass(frozen=True, slots=True)
class Rest:
    """Stay in a stance: stand, lie on the back, on the front or on the right side."""

    stance: Stance
    duration_s: float

    def __post_init__(self) -> None:
        require("duration_s", self.duration_s, 0.0, 86400.0)

    def perform(self, performance: Performance) -> None:
        """Stay."""
        performance.stay(self.duration_s)


@dataclass(frozen=True, slots=True)
class Walk:
    """Walk in place."""

    duration_s: float
    stance: ClassVar[Stance] = Stance.STANDING

    def __post_init__(self) -> None:
        require("duration_s", self.duration_s, 2.0, 3600.0)

    def perform(self, performance: Performance) -> None:
        """Walk, with half a second to start and to stop."""
        start_s = performance.now_s
        performance.stay(self.duration_s)
        span = Span(start_s, performance.now_s - 0.8)
        performance.add(unrest.steps(span, performance.rng))


@dataclass(frozen=True, slots=True)
class Bows:
    """Bend forward from standing and come back, as calibration asks: no exercise set.

    The pelvis takes 48 to 59 degrees of a full bend (Laird 2019).
    """

    count: int = 3
    range_deg: float = 50.0
    period_s: float = 2.5
    stance: ClassVar[Stance] = Stance.STANDING

    def __post_init__(self) -> None:
        require("count", self.count, 1, 50)
        require("range_deg", self.range_deg, 20.0, 75.0)
        require("period_s", self.period_s, 1.5, 8.0)

    def perform(self, performance: Performance) -> None:
        """Bend: the hips go back and a little down."""
        base, body = performance.pose, performance.body
        spans = []
        parts = performance.varied_durations([0.5 * self.period_s, 0.5 * self.period_s], self.count)
        for down_s, up_s in parts:
            range_deg = performance.scaled_range(self.range_deg, 20.0, 75.0)
            bent = replace(
                base,
                pitch_deg=base.pitch_deg + range_deg,
                height_m=base.height_m - 0.02 * body.height_m,
                back_m=base.back_m + 0.1 * body.height_m * np.sin(np.deg2rad(range_deg)),
            )
            begun = performance.move_to(bent, down_s)
            done = performance.move_to(base, up_s)
            spans.append(Span(begun.start_s, done.end_s))
        _work(performance, spans, 3.0)


@dataclass(frozen=True, slots=True)
class GluteBridge:
    """Lift the pelvis from lying on the back.

    L5 turns by 25 (15 to 40) degrees and rises by 0.22 m, in 3 to 6 s (reference simulation).
    """

    repetitions: int = 6
    range_deg: float = 24.0
    up_s: float = 1.7
    top_s: float = 0.8
    down_s: float = 1.8
    pause_s: float = 0.4
    stance: ClassVar[Stance] = Stance.SUPINE

    LIFT: ClassVar[float] = 0.128  # of stature, for 24 degrees: 0.22 m in a body of 1.72 m

    def __post_init__(self) -> None:
        require("repetitions", self.repetitions, 1, 50)
        require("range_deg", self.range_deg, 15.0, 40.0)
        require("up_s", self.up_s, 0.8, 5.0)
        require("top_s", self.top_s, 0.0, 30.0)
        require("down_s", self.down_s, 0.8, 5.0)
        require("pause_s", self.pause_s, 0.0, 30.0)

    def perform(self, performance: Performance) -> None:
        """Lift and lower; the height follows the range."""
        base = performance.pose
        nominal_s = [self.up_s, self.top_s, self.down_s, self.pause_s]
        spans = []
        for up_s, top_s, down_s, pause_s in performance.varied_durations(
            nominal_s, self.repetitions
        ):
            range_deg = performance.scaled_range(self.range_deg, 15.0, 40.0)
            lift_m = self.LIFT * performance.body.height_m * range_deg / 24.0
            top = replace(
                base,
                pitch_deg=base.pitch_deg + range_deg,
                height_m=base.height_m + lift_m,
                back_m=base.back_m + 0.15 * lift_m,
            )
            begun = performance.move_to(top, up_s)
            performance.stay(top_s)
            done = performance.move_to(base, down_s)
            spans.append(Span(begun.start_s, done.end_s))
            performance.stay(pause_s)
        _work(performance, spans, 3.0)
        performance.sets.append(PlannedSet(Exercise.GLUTE_BRIDGE, repetitions=tuple(spans)))


@dataclass(frozen=True, slots=True)
class CatCow:
    """Round and arch the back on hands and knees, from arched to arched.

    L5 swings by 27 (20 to 45) degrees between about 91 (arched) and 65 (rounded), in 4 to 8 s
    (reference simulation); 3 s is brisk.
    """

    repetitions: int = 6
    range_deg: float = 27.0
    period_s: float = 4.5
    stance: ClassVar[Stance] = Stance.ALL_FOURS

    def __post_init__(self) -> None:
        require("repetitions", self.repetitions, 1, 50)
        require("range_deg", self.range_deg, 20.0, 45.0)
        require("period_s", self.period_s, 3.0, 12.0)

    def perform(self, performance: Performance) -> None:
        """Arch, then round and arch again; the pelvis hardly travels."""
        neutral = performance.pose
        arched = self._turned(neutral, 0.5 * self.range_deg)
        half_s = 0.5 * self.period_s
        performance.move_to(arched, performance.at_pace(0.7 * half_s))
        spans = []
        for round_s, arch_s in performance.varied_durations([half_s, half_s], self.repetitions):
            range_deg = performance.scaled_range(self.range_deg, 20.0, 45.0)
            begun = performance.move_to(self._turned(arched, -range_deg), round_s)
            done = performance.move_to(arched, arch_s)
            spans.append(Span(begun.start_s, done.end_s))
        performance.move_to(neutral, performance.at_pace(0.7 * half_s))
        _work(performance, spans, 2.0)
        performance.sets.append(PlannedSet(Exercise.CAT_COW, repetitions=tuple(spans)))

    @staticmethod
    def _turned(pose: Pose, angle_deg: float) -> Pose:
        return replace(
            pose, pitch_deg=pose.pitch_deg + angle_deg, back_m=pose.back_m + 3e-4 * angle_deg
        )


@dataclass(frozen=True, slots=True)
class HoldDeviation:
    """A hold that gives way: grows, stays, and is corrected or lasts to the hold's end."""

    kind: DeviationKind
    onset_s: float  # after the hold began
    peak_deg: float  # at L5
    grow_s: float = 2.0
    stay_s: float = 3.0
    return_s: float = 0.8

    def __post_init__(self) -> None:
        require("onset_s", self.onset_s, 0.5, 3600.0)
        require("peak_deg", self.peak_deg, 2.0, 30.0)
        require("grow_s", self.grow_s, 0.3, 60.0)
        require("stay_s", self.stay_s, 0.0, 3600.0)
        require("return_s", self.return_s, 0.3, 30.0)

    def turned(self, pose: Pose, trunk_m: float) -> Pose:
        """Return the pose at the deviation's peak.

        A sag turns L5 towards upright and lowers the hips below the line from the shoulders.
        """
        drop_m = trunk_m * float(np.sin(np.deg2rad(self.peak_deg)))
        match self.kind:
            case DeviationKind.SAG:
                pitch_deg, height_m = pose.pitch_deg - self.peak_deg, pose.height_m - drop_m
                return replace(pose, pitch_deg=pitch_deg, height_m=height_m)
            case DeviationKind.PIKE:
                pitch_deg, height_m = pose.pitch_deg + self.peak_deg, pose.height_m + drop_m
                return replace(pose, pitch_deg=pitch_deg, height_m=height_m)
            case DeviationKind.ROLL_LEFT:
                return replace(pose, roll_deg=pose.roll_deg - self.peak_deg)
            case DeviationKind.ROLL_RIGHT:
                return replace(pose, roll_deg=pose.roll_deg + self.peak_deg)


@dataclass(frozen=True, slots=True)
class ForearmPlank:
    """Hold a plank on the forearms, shaking more and more; it may give way, once or often.

    Deviations follow one another: each begins after the one before has been corrected.
    """

    hold_s: float = 25.0
    deviations: tuple[HoldDeviation, ...] = ()
    stance: ClassVar[Stance] = Stance.FOREARM_PLANK

    def __post_init__(self) -> None:
        require("hold_s", self.hold_s, 2.0, 600.0)
        earliest_s = 0.0
        for deviation in self.deviations:
            if deviation.onset_s < earliest_s:
                raise ValueError(
                    f"onset_s is {deviation.onset_s:g}: choose at least {earliest_s:g}, the end of "
                    "the deviation before"
                )
            earliest_s = deviation.onset_s + deviation.grow_s
            if earliest_s > self.hold_s:
                raise ValueError(
                    f"onset_s and grow_s add up to {earliest_s:g}: choose at most hold_s, "
                    f"{self.hold_s:g}"
                )
            earliest_s += deviation.stay_s + deviation.return_s

    def perform(self, performance: Performance) -> None:
        """Hold, give way where asked, and shake from the first lift of the knees."""
        begun_s, base = performance.now_s, performance.pose
        end_s = begun_s + self.hold_s
        given_way = []
        for deviation in self.deviations:
            performance.stay(begun_s + deviation.onset_s - performance.now_s)
            start_s = performance.now_s
            performance.move_to(deviation.turned(base, performance.body.trunk_m), deviation.grow_s)
            performance.stay(min(deviation.stay_s, end_s - performance.now_s))
            if performance.now_s + deviation.return_s <= end_s:
                performance.move_to(base, deviation.return_s)
            given_way.append(DeviationSpan(deviation.kind, Span(start_s, performance.now_s)))
        performance.stay(end_s - performance.now_s)
        hold = Span(begun_s, end_s)
        tremor_mg = performance.wearer.tremor_mg
        performance.add(unrest.tremor(hold, tremor_mg, (0.5, 1.5), performance.rng))
        performance.sets.append(
            PlannedSet(Exercise.FOREARM_PLANK, holds=(hold,), deviations=tuple(given_way))
        )


def _work(performance: Performance, spans: list[Span], tremor_mg: float) -> None:
    """Add what no repetition is free of: some shaking, and wandering off the straight path."""
    span = Span(spans[0].start_s, spans[-1].end_s)
    performance.add(unrest.tremor(span, tremor_mg, (0.7, 1.3), performance.rng))
    performance.add(unrest.wandering(span, performance.rng))
