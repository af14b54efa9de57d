"""Who wears the sensor: body size and style of movement."""

from __future__ import annotations

from dataclasses import dataclass

from lumbar_sim.limits import require


@dataclass(frozen=True, slots=True)
class Wearer:
    """One person's body and style.

    Parameters
    ----------
    height_m
        Stature; segment lengths follow from it.
    amplitude_scale, tempo_scale
        Multiply the range and the speed of every movement; holds and rests keep their time.
    variability
        Standard deviation, as a fraction, of ranges and durations from one repetition to the
        next (chosen: 0.06, so that two of three repetitions lie within 6 %).
    tremor_mg
        RMS of the 3 to 12 Hz shaking, on each axis, half-way through a plank. 5 to 50 mg is
        plausible for the trunk (estimate); a phone at the pelvis called 36 mg shaky
        (Heredia-Elvar 2021).
    breathing_hz, breathing_deg
        Rate and amplitude of breathing at L5 while lying prone; less in other postures.

    Raises
    ------
    ValueError
        Names the parameter and its allowed range.
    """

    height_m: float = 1.72
    amplitude_scale: float = 1.0
    tempo_scale: float = 1.0
    variability: float = 0.06
    tremor_mg: float = 10.0
    breathing_hz: float = 0.25
    breathing_deg: float = 0.8

    def __post_init__(self) -> None:
        require("height_m", self.height_m, 1.2, 2.2)
        require("amplitude_scale", self.amplitude_scale, 0.5, 1.6)
        require("tempo_scale", self.tempo_scale, 0.4, 2.0)
        require("variability", self.variability, 0.0, 0.25)
        require("tremor_mg", self.tremor_mg, 0.0, 100.0)
        require("breathing_hz", self.breathing_hz, 0.1, 0.6)
        require("breathing_deg", self.breathing_deg, 0.0, 3.0)
