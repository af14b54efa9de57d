"""The three whose stories are told."""

from __future__ import annotations

from lumbar.stories.character import Back, Character, Habits, Spell, What
from lumbar_sim.placement import Placement
from lumbar_sim.wearer import Wearer

STEADY = Character(
    name="Stefan",
    about="Steady: three days a week, answers everything, and confirms what is asked.",
    seed=11,
    time_zone="Europe/Vienna",
    weekdays=frozenset({0, 2, 4}),
    hour=17.5,
    back=Back(usual=1.4, spread=0.5, answers=5.0),
    habits=Habits(1.0, 0.35, 1.0, 1.0, 1.0, 1.0, 0.03),
    headroom=1.45,
    growth=1.035,
    wearer=Wearer(height_m=1.78, tremor_mg=9.0),
    placement=Placement(tilt_x_deg=-3.0, tilt_y_deg=7.0, tilt_z_deg=4.0),
    spells=(Spell(What.TOO_EAGER, 49, 49, size=2.2),),
)

SORE = Character(
    name="Sonja",
    about=(
        "Sore: discomfort of 3 to 4 on most days and knees that do not like the floor; a flare in "
        "the fourth week, weeks without an answer, and at first no count confirmed."
    ),
    seed=23,
    time_zone="Europe/Vienna",
    weekdays=frozenset({0, 2, 4}),
    hour=9.0,
    back=Back(usual=3.3, spread=0.45, answers=5.0),
    habits=Habits(0.95, 0.5, 1.0, 0.97, 0.93, 1.0, 0.05),
    headroom=1.5,
    growth=1.02,
    wearer=Wearer(height_m=1.64, tempo_scale=0.92, tremor_mg=14.0, variability=0.08),
    placement=Placement(tilt_x_deg=5.0, tilt_y_deg=9.0, tilt_z_deg=-6.0),
    yes=frozenset({"joints"}),
    spells=(
        Spell(What.UNCONFIRMED, 0, 13),
        Spell(What.FLARE, 21, 33, size=2.4),
        Spell(What.SILENT, 45, 54),
        Spell(What.LEG, 66, 71),
    ),
)

IRREGULAR = Character(
    name="Iris",
    about=(
        "Irregular: misses days, is away for twenty, travels across time zones, has a computer "
        "whose clock is ahead for a day, sends sessions late and out of order, changes an answer "
        "afterwards, and once exercises without the plan."
    ),
    seed=37,
    time_zone="Europe/Vienna",
    weekdays=frozenset({0, 2, 4, 6}),
    hour=20.0,
    back=Back(usual=1.9, spread=0.7, answers=5.0),
    habits=Habits(0.68, 0.25, 0.9, 0.85, 0.75, 0.7, 0.08),
    headroom=1.6,
    growth=1.03,
    wearer=Wearer(height_m=1.70, tempo_scale=1.1, variability=0.09),
    placement=Placement(tilt_x_deg=2.0, tilt_y_deg=-5.0, tilt_z_deg=8.0),
    spells=(
        Spell(What.OUT_OF_RANGE, 7, 12),
        Spell(What.ALONE, 17, 17),
        Spell(What.TAKES_BACK, 23, 27),
        Spell(What.AWAY, 32, 51),
        Spell(What.ABROAD, 58, 68, where="America/New_York"),
        Spell(What.CLOCK_AHEAD, 76, 76, size=26.0),
    ),
)

PEOPLE = (STEADY, SORE, IRREGULAR)
