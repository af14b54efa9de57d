"""The table of exercises: mean and standard deviation of every feature of what they are made of.

Means come from a humanoid model posed by contacts (reference simulation) unless noted; deviations
are as wide as bodies, tempos and sensors differ. Adding an exercise means adding a row.
"""

from __future__ import annotations

from dataclasses import dataclass

from lumbar_signal.events import Exercise
from lumbar_signal.exercises import BEND, FACE_DOWN, ON_BACK, ROLL_UP, TO_LEFT, TO_RIGHT

Name = Exercise | str | None  # what a movement is called inside: bows and none are no exercise
Normal = tuple[float, float]  # mean, standard deviation

ANY_UNREST = (2.0, 2.0)  # tells nothing: the way down to the floor is full of jolts
STANDS = (2.1, 0.5)  # between two repetitions, breath and sway: 5 to 20 mg, steps 50 to 150
BOWS = "bows"


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One way in which gravity goes out and comes back."""

    exercise: Name  # None for movements that are no exercise
    lanes: tuple[int, ...]
    base_deg: Normal
    ln_range: Normal  # degrees
    ln_duration: Normal  # seconds
    lift_cm: Normal
    ln_impulse: Normal  # mg s: deviation of |a|, one mg added, times the duration
    end_offset: Normal
    rolled: Normal  # lateral share of the range
    plateau: Normal  # share of the duration above 90 %
    ln_unrest: Normal = ANY_UNREST  # mg just before, two added


@dataclass(frozen=True, slots=True)
class StayRow:
    """One way of staying where one is."""

    exercise: Exercise | None
    sagittal_deg: Normal
    lateral_deg: Normal
    ln_effort: Normal  # mg of tremor beyond rest, two added
    ln_heave: Normal  # mg
    ln_turns: Normal  # turns against those of a bird dog
    ln_entry: Normal = (2.6, 1.0)  # mg in the seconds before, two added


MOVEMENTS: tuple[MovementRow, ...] = (
    # 25 deg, and the pelvis rises by 22 cm, the less the smaller the body and the range
    MovementRow(
        Exercise.GLUTE_BRIDGE,
        (ON_BACK,),
        base_deg=(-96.0, 8.0),
        ln_range=(3.15, 0.4),
        ln_duration=(1.5, 0.5),
        lift_cm=(17.0, 8.0),
        ln_impulse=(4.8, 0.6),
        end_offset=(0.02, 0.08),
        rolled=(0.0, 0.15),
        plateau=(0.38, 0.16),
    ),
    # 12 deg without a rise
    MovementRow(
        Exercise.PELVIC_TILT,
        (ON_BACK,),
        base_deg=(-96.0, 8.0),
        ln_range=(2.45, 0.35),
        ln_duration=(1.55, 0.5),
        lift_cm=(0.0, 1.5),
        ln_impulse=(2.3, 0.42),
        end_offset=(0.02, 0.05),
        rolled=(0.0, 0.12),
        plateau=(0.37, 0.15),
    ),
    # 17 deg without a rise, in 5 to 10 s or held for up to 30 s
    MovementRow(
        Exercise.KNEES_TO_CHEST,
        (ON_BACK,),
        base_deg=(-96.0, 8.0),
        ln_range=(2.95, 0.4),
        ln_duration=(2.2, 0.65),
        lift_cm=(0.5, 2.0),
        ln_impulse=(3.05, 0.85),
        end_offset=(0.02, 0.08),
        rolled=(0.0, 0.12),
        plateau=(0.44, 0.16),
    ),
    # 27 deg in 4 to 8 s with next to no acceleration, and the pelvis stays where it is
    MovementRow(
        Exercise.CAT_COW,
        (FACE_DOWN,),
        base_deg=(92.0, 10.0),
        ln_range=(3.3, 0.35),
        ln_duration=(1.65, 0.45),
        lift_cm=(1.0, 2.5),
        ln_impulse=(3.4, 0.7),
        end_offset=(0.02, 0.06),
        rolled=(0.0, 0.09),
        plateau=(0.29, 0.1),
    ),
    # 57 deg in 2.5 to 5 s, and straight back to upright; on the belly it goes down by 10 cm
    MovementRow(
        Exercise.MODIFIED_DEADLIFT,
        (BEND,),
        base_deg=(0.0, 6.0),
        ln_range=(4.0, 0.3),
        ln_duration=(1.2, 0.45),
        lift_cm=(-2.0, 10.0),
        ln_impulse=(3.7, 0.65),
        end_offset=(0.01, 0.05),
        rolled=(0.0, 0.06),
        plateau=(0.31, 0.1),
        ln_unrest=STANDS,
    ),
    # as asked for calibration, three and no more
    MovementRow(
        BOWS,
        (BEND,),
        base_deg=(0.0, 8.0),
        ln_range=(3.8, 0.4),
        ln_duration=(0.8, 0.4),
        lift_cm=(-4.0, 10.0),
        ln_impulse=(3.4, 0.75),
        end_offset=(0.02, 0.07),
        rolled=(0.0, 0.05),
        plateau=(0.32, 0.1),
        ln_unrest=(1.7, 0.5),
    ),
    # steps to alternating sides
    MovementRow(
        Exercise.BIRD_DOG,
        (TO_RIGHT, TO_LEFT),
        base_deg=(0.0, 5.0),
        ln_range=(1.65, 0.4),
        ln_duration=(1.95, 0.6),
        lift_cm=(0.0, 3.0),
        ln_impulse=(4.0, 0.7),
        end_offset=(0.1, 0.2),
        rolled=(0.9, 0.15),
        plateau=(0.15, 0.15),
    ),
    MovementRow(
        Exercise.UNKNOWN,
        (ON_BACK,),
        base_deg=(-96.0, 25.0),
        ln_range=(3.3, 0.7),
        ln_duration=(0.9, 0.6),
        lift_cm=(5.0, 12.0),
        ln_impulse=(4.1, 0.9),
        end_offset=(0.0, 0.1),
        rolled=(0.0, 0.15),
        plateau=(0.3, 0.15),
    ),
    MovementRow(
        Exercise.UNKNOWN,
        (ROLL_UP,),
        base_deg=(-97.0, 7.0),
        ln_range=(4.2, 0.35),
        ln_duration=(1.1, 0.7),
        lift_cm=(9.0, 12.0),
        ln_impulse=(4.1, 0.9),
        end_offset=(0.0, 0.1),
        rolled=(0.0, 0.15),
        plateau=(0.35, 0.15),
    ),
    MovementRow(
        Exercise.UNKNOWN,
        (FACE_DOWN,),
        base_deg=(80.0, 20.0),
        ln_range=(3.0, 0.7),
        ln_duration=(1.1, 0.7),
        lift_cm=(0.0, 20.0),
        ln_impulse=(4.4, 0.9),
        end_offset=(0.03, 0.1),
        rolled=(0.0, 0.15),
        plateau=(0.25, 0.15),
    ),
    MovementRow(
        Exercise.UNKNOWN,
        (BEND,),
        base_deg=(0.0, 10.0),
        ln_range=(3.0, 0.6),
        ln_duration=(1.1, 0.4),
        lift_cm=(-30.0, 15.0),
        ln_impulse=(5.0, 0.8),
        end_offset=(0.03, 0.08),
        rolled=(0.0, 0.12),
        plateau=(0.27, 0.12),
        ln_unrest=STANDS,
    ),
    MovementRow(
        None,
        (ON_BACK, ROLL_UP, FACE_DOWN),
        base_deg=(0.0, 90.0),
        ln_range=(2.6, 0.9),
        ln_duration=(1.8, 1.2),
        lift_cm=(0.0, 25.0),
        ln_impulse=(4.3, 1.5),
        end_offset=(0.15, 0.35),
        rolled=(0.0, 0.5),
        plateau=(0.4, 0.3),
    ),
    # to and fro at work, stooping half-way down: hurried, and not back to where it began
    MovementRow(
        None,
        (FACE_DOWN,),
        base_deg=(55.0, 6.0),
        ln_range=(2.9, 0.5),
        ln_duration=(0.3, 0.6),
        lift_cm=(-2.0, 8.0),
        ln_impulse=(3.7, 0.7),
        end_offset=(0.15, 0.2),
        rolled=(0.0, 0.2),
        plateau=(0.25, 0.12),
    ),
    MovementRow(
        None,
        (BEND,),
        base_deg=(0.0, 20.0),
        ln_range=(3.2, 0.6),
        ln_duration=(0.8, 1.1),
        lift_cm=(0.0, 15.0),
        ln_impulse=(4.2, 1.3),
        end_offset=(0.12, 0.2),
        rolled=(0.0, 0.25),
        plateau=(0.35, 0.2),
        ln_unrest=(3.3, 1.3),
    ),
    MovementRow(
        None,
        (TO_RIGHT, TO_LEFT),
        base_deg=(0.0, 8.0),
        ln_range=(2.0, 0.9),
        ln_duration=(1.8, 1.2),
        lift_cm=(0.0, 8.0),
        ln_impulse=(4.3, 1.5),
        end_offset=(0.25, 0.35),
        rolled=(0.5, 0.5),
        plateau=(0.25, 0.25),
    ),
)

STAYS: tuple[StayRow, ...] = (
    StayRow(
        Exercise.FOREARM_PLANK,
        (84.0, 9.0),
        (0.0, 9.0),
        (3.5, 0.7),
        (0.6, 0.95),
        (-1.6, 0.7),
        (4.0, 0.8),
    ),
    StayRow(
        Exercise.WALL_PLANK,
        (24.0, 10.0),
        (0.0, 6.0),
        (2.8, 0.55),
        (-0.2, 0.7),
        (-1.6, 0.6),
        (3.2, 0.75),
    ),
    StayRow(
        Exercise.BIRD_DOG,
        (78.0, 8.0),
        (0.0, 9.0),
        (2.7, 0.45),
        (0.7, 0.8),
        (-0.2, 0.8),
        (3.0, 1.1),
    ),
    StayRow(
        Exercise.SEATED_HAMSTRING_STRETCH,
        (30.0, 9.0),
        (0.0, 5.0),
        (1.4, 0.35),
        (-0.5, 0.6),
        (-1.8, 0.5),
        (1.8, 0.7),
    ),
    # at rest: lying face down or on all fours, sitting or standing at something, anywhere
    StayRow(
        None,
        (86.0, 9.0),
        (0.0, 7.0),
        (1.2, 0.35),
        (-0.3, 0.75),
        (-1.8, 0.9),
        (3.2, 1.3),
    ),
    StayRow(
        None,
        (11.0, 10.0),
        (0.0, 6.0),
        (1.1, 0.35),
        (-0.3, 0.8),
        (-1.5, 0.9),
        (2.8, 1.1),
    ),
    StayRow(
        None,
        (60.0, 60.0),
        (0.0, 20.0),
        (1.1, 0.4),
        (-0.3, 0.8),
        (-1.5, 1.0),
        (2.7, 1.2),
    ),
    # busy with something
    StayRow(
        None,
        (45.0, 35.0),
        (0.0, 12.0),
        (3.1, 0.8),
        (1.9, 0.6),
        (0.2, 1.5),
        (3.2, 1.0),
    ),
)

# What a stay alone makes a set of; a bird dog is counted by its steps.
HELD = (
    Exercise.FOREARM_PLANK,
    Exercise.WALL_PLANK,
    Exercise.SEATED_HAMSTRING_STRETCH,
)
