"""How level the wearer is now: what a cup of water on the back would show. It decides nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lumbar_signal.constants import RING_MASK, RING_TICKS
from lumbar_signal.exercises import LANES, TO_RIGHT
from lumbar_signal.repetition import AWAY
from lumbar_signal.state import State

ARRIVING_TICKS = 5  # 0.4 s: chosen, the way onto hands and knees ends in them
ARRIVED_TICKS = 24  # 1.9 s: chosen, who lifts a leg has looked for balance for so long
PAUSES_TICKS = 12  # 1 s: chosen, more than the ways of one leg through the middle third


@dataclass(frozen=True, slots=True)
class Level:
    """Angles of gravity now against what the wearer keeps level, in degrees."""

    sagittal_deg: float  # against the hold's own start: below 0 toward a sag, above toward a pike
    lateral_deg: float  # above 0 the right hip is the lower one


def level_in_hold(state: State) -> Level | None:
    """Return how far a stay has departed from its own start; None where none is kept."""
    s = state[0]
    if not (s["hold_open"] and s["hold_settled"] and s["valid"]):
        return None
    return Level(
        float(s["sagittal_deg"] - s["hold_sagittal_deg"]),
        float(s["lateral_deg"] - s["hold_lateral_deg"]),
    )


def level_on_all_fours(state: State) -> Level | None:
    """Return the tilt against where the wearer rests on hands and knees; None where not there.

    A stay with one leg lifted has a reference that is tilted itself, so it would show nothing.
    """
    s = state[0]
    if s["lane"][TO_RIGHT]["phase"] == AWAY or not s["valid"]:
        return None
    lateral_deg = _face_down_deg(s)[ARRIVING_TICKS:]
    if len(lateral_deg) == 0:
        return None
    return Level(0.0, float(lateral_deg[-1] - _rest_deg(lateral_deg)))


def _face_down_deg(s: Any) -> NDArray[np.float64]:
    """Return the lateral angles since the wearer turned face down, at most those of the ring."""
    n = min(RING_TICKS, int(s["tick"]), int(s["since_gap"]))
    slots = (int(s["tick"]) - n + np.arange(n)) & RING_MASK
    sagittal_deg, lateral_deg = s["ring_sagittal_deg"][slots], s["ring_lateral_deg"][slots]
    lane = LANES[TO_RIGHT]
    outside = (sagittal_deg <= lane["low_deg"]) | (sagittal_deg >= lane["high_deg"])
    outside |= np.abs(lateral_deg) >= lane["lateral_deg"]
    left = np.flatnonzero(outside)
    return np.asarray(lateral_deg[left[-1] + 1 :] if len(left) else lateral_deg)


def _rest_deg(lateral_deg: NDArray[np.float64]) -> float:
    """Return the angle between the lifts of both sides; before the second lift that on arrival."""
    low, high = float(lateral_deg.min()), float(lateral_deg.max())
    third = (high - low) / 3.0
    middle = lateral_deg[(lateral_deg >= low + third) & (lateral_deg <= high - third)]
    if len(middle) >= PAUSES_TICKS:
        return float(middle.mean())
    return float(np.median(lateral_deg[: ARRIVED_TICKS - ARRIVING_TICKS]))
