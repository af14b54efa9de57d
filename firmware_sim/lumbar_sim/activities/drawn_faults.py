"""Form faults as they happen: when they begin, how large they are, how long they last."""

from __future__ import annotations

from typing import Any

import numpy as np

from lumbar_sim.activities.bridging import GluteBridge
from lumbar_sim.activities.holds import HoldDeviation
from lumbar_sim.activities.repetitions import Fault
from lumbar_sim.truth import DeviationKind, FaultKind


def drawn_faults(activity: Any, rng: np.random.Generator) -> tuple[Fault, ...]:
    """Return one fault of an activity with ``repetitions``, begun in its second half or before."""
    total = getattr(activity, "repetitions", None) or activity.holds
    kinds = [FaultKind.RUSHING, FaultKind.HALF_RANGE]
    if isinstance(activity, GluteBridge):
        kinds.append(FaultKind.HIP_DROP)
    kind = kinds[rng.integers(len(kinds))]
    size = {
        FaultKind.RUSHING: rng.uniform(1.5, 2.1),
        FaultKind.HALF_RANGE: rng.uniform(0.4, 0.6),
        FaultKind.HIP_DROP: rng.choice([-1.0, 1.0]) * rng.uniform(6.0, 13.0),
    }[kind]
    count = int(rng.integers(1, max(2, total // 2) + 1))
    count = min(count, total)
    return (Fault(kind, int(rng.integers(0, total - count + 1)), count, float(size)),)


def drawn_deviations(hold_s: float, rng: np.random.Generator) -> tuple[HoldDeviation, ...]:
    """Return how a hold gives way, most often by sagging; later in the hold more likely."""
    kinds = [
        DeviationKind.SAG,
        DeviationKind.SAG,
        DeviationKind.PIKE,
        DeviationKind.ROLL_LEFT,
        DeviationKind.ROLL_RIGHT,
    ]
    onset_s = hold_s * float(np.sqrt(rng.uniform(0.15, 0.6)))
    grow_s = min(rng.uniform(0.8, 3.5), 0.5 * (hold_s - onset_s))
    return (
        HoldDeviation(
            kinds[rng.integers(len(kinds))],
            onset_s,
            rng.uniform(6.0, 14.0),
            grow_s,
            rng.uniform(1.0, 8.0),
            rng.uniform(0.6, 1.5),
        ),
    )
