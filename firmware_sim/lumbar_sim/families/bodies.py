"""Families of bodies: proportions, habits of standing and lying, suppleness, size of movement.

Every range is chosen. Statures are those of adults; proportions vary by some percent about the
means of Drillis and Contini (1966); the L5 skin differs by 5 to 20 degrees between people who
stand (estimate). Sizes of movement stay within the published ranges of each exercise, for the
activities keep their own limits.
"""

from __future__ import annotations

from lumbar_sim.families.family import (
    Development,
    DevelopmentFamily,
    Family,
    Reporting,
    ReportingFamily,
)
from lumbar_sim.families.region import Region
from lumbar_sim.families.traits import Traits

_MIDDLING: dict[str, tuple[float, float]] = {
    "trunk_scale": (0.96, 1.03),
    "leg_scale": (0.97, 1.04),
    "girth_scale": (0.9, 1.15),
    "standing_pitch_deg": (-5.0, 5.0),
    "floor_pitch_deg": (-3.0, 3.0),
    "support_pitch_deg": (-3.0, 3.0),
    "lumbar_share": (0.0, 0.1),
}


def _region(**own: tuple[float, float]) -> Region:
    return Region({**_MIDDLING, **own})


_AVERAGE = _region(height_m=(1.60, 1.74), flexibility=(0.4, 0.6), amplitude_scale=(0.9, 1.1))
_TALL = _region(height_m=(1.80, 1.96), flexibility=(0.65, 0.9), amplitude_scale=(1.12, 1.3))
_SHORT = _region(height_m=(1.48, 1.58), flexibility=(0.1, 0.3), amplitude_scale=(0.72, 0.85))

_LONG_TRUNK = _region(
    height_m=(1.62, 1.86),
    trunk_scale=(1.05, 1.13),
    leg_scale=(0.88, 0.95),
    flexibility=(0.2, 0.7),
    amplitude_scale=(0.75, 1.2),
)
_FULL_WAIST = _region(
    height_m=(1.55, 1.88),
    girth_scale=(1.22, 1.5),
    standing_pitch_deg=(3.0, 11.0),
    floor_pitch_deg=(-6.0, 2.0),
    flexibility=(0.1, 0.6),
    amplitude_scale=(0.72, 1.05),
)
_SUPPLE_SPINE = _region(
    height_m=(1.52, 1.80),
    lumbar_share=(0.2, 0.5),
    flexibility=(0.75, 1.0),
    amplitude_scale=(1.1, 1.45),
)
_SMALL_RANGE = _region(
    height_m=(1.50, 1.85),
    standing_pitch_deg=(-10.0, 4.0),
    support_pitch_deg=(-6.0, 6.0),
    flexibility=(0.0, 0.2),
    amplitude_scale=(0.58, 0.69),
)

DEVELOPMENT_BODIES: tuple[DevelopmentFamily[Traits], ...] = (
    Family("average", Development, _AVERAGE, dict, _AVERAGE.draw),
    Family("tall", Development, _TALL, dict, _TALL.draw),
    Family("short", Development, _SHORT, dict, _SHORT.draw),
)
REPORTING_BODIES: tuple[ReportingFamily[Traits], ...] = (
    Family("long_trunk", Reporting, _LONG_TRUNK, dict, _LONG_TRUNK.draw),
    Family("full_waist", Reporting, _FULL_WAIST, dict, _FULL_WAIST.draw),
    Family("supple_spine", Reporting, _SUPPLE_SPINE, dict, _SUPPLE_SPINE.draw),
    Family("small_range", Reporting, _SMALL_RANGE, dict, _SMALL_RANGE.draw),
)
