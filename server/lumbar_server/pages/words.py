"""What the record's names are called on the pages."""

from __future__ import annotations

from collections.abc import Sequence

from lumbar_server.pages.rendering import duration

EXERCISES = {
    "dead_bug": "Dead bug",
    "bird_dog": "Bird dog",
    "pelvic_tilt": "Pelvic tilt",
    "wall_plank": "Wall plank",
    "forearm_plank": "Forearm plank",
    "glute_bridge": "Glute bridge",
    "side_lying_leg_raise": "Side leg raise",
    "modified_deadlift": "Deadlift",
    "knees_to_chest": "Knees to chest",
    "cat_cow": "Cat and cow",
    "childs_pose": "Child’s pose",
    "seated_hamstring_stretch": "Hamstring stretch",
    "supine_spinal_twist": "Spinal twist",
    "unknown": "Other exercise",
}
DEVIATIONS = {
    "sag": "hips low",
    "pike": "hips high",
    "roll_left": "left hip low",
    "roll_right": "right hip low",
    "sustained_flexion": "bent forward for long",
    "slouch": "slouched",
    "lateral_lean": "leaning to one side",
}
POSTURES = {
    "upright": "Upright",
    "leaning_forward": "Leaning forward",
    "supine": "On the back",
    "prone": "On the front",
    "left_side": "On the left side",
    "right_side": "On the right side",
    "inverted": "Head down",
    "unknown": "Not known",
}
_SURE, _FAIRLY_SURE = 0.9, 0.6  # chosen: one in ten is off, two in five


def exercise(name: str) -> str:
    """Return what an exercise is called."""
    return EXERCISES.get(name, name)


def done(repetitions: int, holds_s: Sequence[float]) -> str:
    """Return what was done: ``16 ×``, ``10 s · 12 s``, both, or ``–``."""
    parts = [f"{repetitions}\u00a0×"] if repetitions else []
    if holds_s:
        parts.append(" · ".join(duration(hold_s) for hold_s in holds_s))
    return ", ".join(parts) or "–"


def sureness(confidence: float) -> str:
    """Return a confidence in words."""
    if confidence >= _SURE:
        return "sure"
    return "fairly sure" if confidence >= _FAIRLY_SURE else "hard to see"
