"""Positions that are held, and how they give way."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lumbar_sim.activities.repetitions import rolled
from lumbar_sim.labelling import DeviationSpan, Span
from lumbar_sim.limits import require
from lumbar_sim.motion import Pose
from lumbar_sim.performance import Performance
from lumbar_sim.truth import DeviationKind


@dataclass(frozen=True, slots=True)
class HoldDeviation:
    """A hold that gives way: grows, stays, and is corrected or lasts to the hold's end."""

    kind: DeviationKind
    onset_s: float  # after the hold began
    peak_deg: float  # at L5, where the lumbar joints take no share
    grow_s: float = 2.0
    stay_s: float = 3.0
    return_s: float = 0.8

    def __post_init__(self) -> None:
        require("onset_s", self.onset_s, 0.5, 3600.0)
        require("peak_deg", self.peak_deg, 2.0, 30.0)
        require("grow_s", self.grow_s, 0.3, 60.0)
        require("stay_s", self.stay_s, 0.0, 3600.0)
        require("return_s", self.return_s, 0.3, 30.0)

    def turned(self, pose: Pose, trunk_m: float, lumbar_share: float) -> Pose:
        """Return the pose at the deviation's peak.

        A sag turns L5 towards upright and lets the hips sink from the line of the shoulders,
        down to the floor or towards the wall.
        """
        if self.kind in (DeviationKind.ROLL_LEFT, DeviationKind.ROLL_RIGHT):
            return rolled(pose, self.kind, self.peak_deg)
        sign = -1.0 if self.kind is DeviationKind.SAG else 1.0
        shift_m = sign * trunk_m * float(np.sin(np.deg2rad(self.peak_deg)))
        pitch_deg = pose.pitch_deg + sign * self.peak_deg * (1.0 - lumbar_share)
        if pose.pitch_deg > 45.0:
            return replace(pose, pitch_deg=pitch_deg, height_m=pose.height_m + shift_m)
        return replace(pose, pitch_deg=pitch_deg, back_m=pose.back_m + shift_m)


def require_room(deviations: tuple[HoldDeviation, ...], hold_s: float) -> None:
    """Refuse deviations that overlap or do not fit into the hold."""
    earliest_s = 0.0
    for deviation in deviations:
        if deviation.onset_s < earliest_s:
            raise ValueError(
                f"onset_s is {deviation.onset_s:g}: choose at least {earliest_s:g}, the end of "
                "the deviation before"
            )
        earliest_s = deviation.onset_s + deviation.grow_s
        if earliest_s > hold_s:
            raise ValueError(
                f"onset_s and grow_s add up to {earliest_s:g}: choose at most hold_s, {hold_s:g}"
            )
        earliest_s += deviation.stay_s + deviation.return_s


def hold(
    performance: Performance, hold_s: float, deviations: tuple[HoldDeviation, ...] = ()
) -> tuple[Span, tuple[DeviationSpan, ...]]:
    """Keep the pose, giving way where asked; return the hold and what it lost.

    Deviations follow one another: each begins after the one before has been corrected.
    """
    begun_s, base = performance.now_s, performance.pose
    end_s = begun_s + hold_s
    lumbar_share = performance.wearer.lumbar_share
    given_way = []
    for deviation in deviations:
        performance.stay(begun_s + deviation.onset_s - performance.now_s)
        start_s = performance.now_s
        turned = deviation.turned(base, performance.body.trunk_m, lumbar_share)
        performance.move_to(turned, deviation.grow_s)
        performance.stay(min(deviation.stay_s, end_s - performance.now_s))
        if performance.now_s + deviation.return_s <= end_s:
            performance.move_to(base, deviation.return_s)
        given_way.append(DeviationSpan(deviation.kind, Span(start_s, performance.now_s)))
    performance.stay(end_s - performance.now_s)
    return Span(begun_s, end_s), tuple(given_way)
