"""Sets of repetitions: out, hold, back, pause; evenly or badly done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import ClassVar

from lumbar_sim import unrest
from lumbar_sim.labelling import DeviationSpan, FaultSpan, PlannedSet, Span
from lumbar_sim.limits import require
from lumbar_sim.motion import Pose
from lumbar_sim.performance import Performance
from lumbar_sim.truth import DeviationKind, Exercise, FaultKind


@dataclass(frozen=True, slots=True)
class Tempo:
    """How long the parts of a repetition take at the tempo 1."""

    out_s: float
    hold_s: float
    back_s: float
    pause_s: float

    def __post_init__(self) -> None:
        require("out_s", self.out_s, 0.2, 10.0)
        require("hold_s", self.hold_s, 0.0, 60.0)
        require("back_s", self.back_s, 0.2, 10.0)
        require("pause_s", self.pause_s, 0.0, 30.0)

    @property
    def parts_s(self) -> list[float]:
        """The parts in order."""
        return [getattr(self, field.name) for field in fields(self)]


@dataclass(frozen=True, slots=True)
class Fault:
    """Some repetitions of a set that are done badly.

    Parameters
    ----------
    first, count
        Number of the first bad repetition, from 0, and how many there are.
    size
        Of rushing: how many times faster. Of a half range: the fraction that is left. Of a hip
        drop: by how many degrees the left hip (negative: the right hip) sinks at the top.
    """

    kind: FaultKind
    first: int
    count: int
    size: float

    _LIMITS: ClassVar[dict[FaultKind, tuple[float, float]]] = {
        FaultKind.RUSHING: (1.2, 2.5),
        FaultKind.HALF_RANGE: (0.3, 0.7),
        FaultKind.HIP_DROP: (-15.0, 15.0),
    }

    def __post_init__(self) -> None:
        require("first", self.first, 0, 1000)
        require("count", self.count, 1, 1000)
        require("size", self.size, *self._LIMITS[self.kind])


@dataclass(frozen=True, slots=True)
class Repetitions:
    """A set of repetitions from the pose in which it begins.

    Parameters
    ----------
    exercise, kind
        Label of the set; the kind says what an unknown exercise is.
    range_deg, limits_deg
        Nominal range and the limits of this exercise; a fault may go below them.
    extreme
        The pose at the end of the way out, by range and number of the repetition.
    landing_g
        Bump of a hand or foot that leaves the floor and comes back.
    wander
        Departures from the straight path against those of a free pelvis; the floor steadies it.
    """

    exercise: Exercise
    count: int
    tempo: Tempo
    range_deg: float
    limits_deg: tuple[float, float]
    extreme: Callable[[float, int], Pose]
    faults: tuple[Fault, ...] = ()
    kind: str | None = None
    tremor_mg: float = 3.0
    landing_g: float = 0.0
    wander: float = 1.0

    def __post_init__(self) -> None:
        require("repetitions", self.count, 1, 100)
        require("range_deg", self.range_deg, *self.limits_deg)
        for fault in self.faults:
            if fault.first + fault.count > self.count:
                raise ValueError(
                    f"a fault lasts to repetition {fault.first + fault.count}: choose at most "
                    f"{self.count}, the last one"
                )

    def perform(self, performance: Performance) -> None:
        """Repeat, and say what was done."""
        base = performance.pose
        spans, deviations = [], []
        faults = [FaultSpan(each.kind, each.first, each.first + each.count) for each in self.faults]
        durations = performance.varied_durations(self.tempo.parts_s, self.count)
        for i, parts_s in enumerate(durations):
            one = self._one(performance, i, parts_s)
            if one.is_partial:
                faults.append(FaultSpan(FaultKind.HALF_RANGE, i, i + 1))
            begun_s = performance.now_s
            performance.bump(0.5 * self.landing_g)
            performance.reach(self.extreme(one.range_deg, i), one.out_s)
            deviations += _hold_top(performance, one)
            performance.move_to(base, one.back_s)
            performance.bump(self.landing_g)
            spans.append(Span(begun_s, performance.now_s))
            performance.stay(one.pause_s)
        work(performance, spans, self.tremor_mg, self.wander)
        performance.sets.append(
            PlannedSet(
                self.exercise,
                repetitions=tuple(spans),
                deviations=tuple(deviations),
                faults=tuple(faults),
                kind=self.kind,
            )
        )

    def _one(self, performance: Performance, i: int, parts_s: list[float]) -> _Repetition:
        """Draw one repetition: its usual range and speed, tired, and badly done where asked."""
        wearer = performance.wearer
        fresh = 1.0 - wearer.fatigue * i / max(1, self.count - 1)
        range_deg = performance.scaled_range(self.range_deg * fresh, *self.limits_deg)
        out_s, hold_s, back_s, pause_s = parts_s
        one = _Repetition(
            range_deg,
            out_s / fresh,
            hold_s * wearer.pause_scale,
            back_s / fresh,
            pause_s * wearer.pause_scale,
        )
        for fault in self.faults:
            if fault.first <= i < fault.first + fault.count:
                one = one.done_badly(fault)
        halved = any(fault.kind is FaultKind.HALF_RANGE for fault in self.faults)
        if not halved and performance.happens(wearer.partial_probability):
            share = performance.rng.uniform(0.4, 0.6)
            one = replace(one, range_deg=one.range_deg * share, is_partial=True)
        return one


@dataclass(frozen=True, slots=True)
class _Repetition:
    range_deg: float
    out_s: float
    hold_s: float
    back_s: float
    pause_s: float
    drop_deg: float = 0.0  # of the left hip; negative of the right one
    is_partial: bool = False

    def done_badly(self, fault: Fault) -> _Repetition:
        match fault.kind:
            case FaultKind.RUSHING:
                return replace(
                    self,
                    out_s=self.out_s / fault.size,
                    hold_s=self.hold_s / fault.size,
                    back_s=self.back_s / fault.size,
                    pause_s=self.pause_s / fault.size,
                )
            case FaultKind.HALF_RANGE:
                return replace(self, range_deg=self.range_deg * fault.size)
            case FaultKind.HIP_DROP:
                return replace(self, drop_deg=fault.size)


def _hold_top(performance: Performance, one: _Repetition) -> list[DeviationSpan]:
    """Stay at the top; a hip may sink there, and is lifted again before the way back."""
    if one.drop_deg == 0.0:
        performance.stay(one.hold_s)
        return []
    top, start_s = performance.pose, performance.now_s
    kind = DeviationKind.ROLL_LEFT if one.drop_deg > 0.0 else DeviationKind.ROLL_RIGHT
    performance.move_to(rolled(top, kind, abs(one.drop_deg)), 0.6)
    performance.stay(max(0.5, one.hold_s))
    performance.move_to(top, 0.5)
    return [DeviationSpan(kind, Span(start_s, performance.now_s))]


def rolled(pose: Pose, kind: DeviationKind, angle_deg: float) -> Pose:
    """Return the pose turned until one hip is lower: about the spine, or aside in standing."""
    leftward = 1.0 if kind is DeviationKind.ROLL_LEFT else -1.0
    if abs(pose.pitch_deg) < 45.0:
        return replace(pose, lean_deg=pose.lean_deg + leftward * angle_deg)
    face_down = abs(pose.roll_deg) < 90.0
    turn_deg = -leftward * angle_deg if face_down else leftward * angle_deg
    return replace(pose, roll_deg=pose.roll_deg + turn_deg)


def work(
    performance: Performance, spans: list[Span], tremor_mg: float, wander: float = 1.0
) -> None:
    """Add what no repetition is free of: some shaking, and wandering off the straight path."""
    wearer = performance.wearer
    span = Span(spans[0].start_s, spans[-1].end_s)
    gain = (0.7, 1.3 * (1.0 + wearer.fatigue))
    performance.add(unrest.tremor(span, tremor_mg, gain, performance.rng))
    performance.add(unrest.wandering(span, wander * wearer.wander_scale, performance.rng))
