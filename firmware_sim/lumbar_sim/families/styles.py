"""Families of styles: tempo, pauses, fatigue, smoothness, shaking, breath, and clumsiness.

Every range is chosen. Tempos keep the repetitions within or near the published periods; shaking
is within the 5 to 50 mg that are plausible for the trunk (estimate), breath within 0.15 to
0.4 Hz and 0.5 to 2 degrees.
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

_SURE: dict[str, tuple[float, float]] = {
    "variability": (0.03, 0.09),
    "pause_scale": (0.6, 1.4),
    "fatigue": (0.0, 0.12),
    "jerkiness": (0.0, 0.15),
    "wander_scale": (0.7, 1.5),
    "partial_probability": (0.0, 0.02),
    "hesitation_probability": (0.0, 0.03),
    "tremor_mg": (5.0, 18.0),
    "breathing_hz": (0.2, 0.3),
    "breathing_deg": (0.5, 1.1),
}


def _region(**own: tuple[float, float]) -> Region:
    return Region({**_SURE, **own})


_EVEN = _region(tempo_scale=(0.85, 1.1))
_BRISK = _region(tempo_scale=(1.25, 1.45), pause_scale=(0.2, 0.6), breathing_hz=(0.28, 0.38))
_CAREFUL = _region(
    tempo_scale=(0.55, 0.72), pause_scale=(1.4, 2.4), tremor_mg=(10.0, 24.0), fatigue=(0.05, 0.15)
)

_TIRING = _region(tempo_scale=(0.75, 1.2), fatigue=(0.2, 0.4), tremor_mg=(20.0, 45.0))
_HALTING = _region(
    tempo_scale=(0.6, 1.0),
    jerkiness=(0.4, 0.85),
    hesitation_probability=(0.12, 0.35),
    pause_scale=(0.8, 2.0),
)
_RESTLESS = _region(
    tempo_scale=(0.8, 1.3),
    wander_scale=(2.2, 4.0),
    variability=(0.1, 0.2),
    partial_probability=(0.05, 0.15),
    breathing_hz=(0.3, 0.42),
    breathing_deg=(1.2, 2.0),
)
_UNPAUSING = _region(
    tempo_scale=(1.12, 1.23),
    pause_scale=(0.0, 0.15),
    variability=(0.05, 0.14),
    partial_probability=(0.03, 0.1),
)

DEVELOPMENT_STYLES: tuple[DevelopmentFamily[Traits], ...] = (
    Family("even", Development, _EVEN, dict, _EVEN.draw),
    Family("brisk", Development, _BRISK, dict, _BRISK.draw),
    Family("careful", Development, _CAREFUL, dict, _CAREFUL.draw),
)
REPORTING_STYLES: tuple[ReportingFamily[Traits], ...] = (
    Family("tiring", Reporting, _TIRING, dict, _TIRING.draw),
    Family("halting", Reporting, _HALTING, dict, _HALTING.draw),
    Family("restless", Reporting, _RESTLESS, dict, _RESTLESS.draw),
    Family("unpausing", Reporting, _UNPAUSING, dict, _UNPAUSING.draw),
)
