"""How level the wearer is now: what a cup of water on the back would show."""

from __future__ import annotations

from dataclasses import dataclass

from lumbar_signal.exercises import TO_RIGHT
from lumbar_signal.repetition import AWAY
from lumbar_signal.state import State


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
    """Return the tilt against the middle of the latest half minute; None where not face down.

    Who lifts one leg after the other is level on the average. A stay with one leg lifted has a
    reference that is tilted itself, so it would show nothing.
    """
    s = state[0]
    side = s["lane"][TO_RIGHT]
    if side["phase"] == AWAY or not s["valid"]:
        return None
    return Level(0.0, float(s["lateral_deg"] - side["middle_deg"]))
