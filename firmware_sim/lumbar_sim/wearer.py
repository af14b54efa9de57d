"""Who wears the sensor: the body, and the style in which it moves."""

from __future__ import annotations

from dataclasses import dataclass

from lumbar_sim.limits import require


@dataclass(frozen=True, slots=True)
class Wearer:
    """One person's body and style; the defaults are a well-proportioned, even mover.

    Parameters
    ----------
    height_m
        Stature; segment lengths follow from it.
    trunk_scale, leg_scale, girth_scale
        Multiply the mean proportions of a body of that stature: hip to shoulder, hip to floor,
        and how far the skin of the back lies from the hip centre.
    standing_pitch_deg, floor_pitch_deg, support_pitch_deg
        Added to the pelvis' pitch in upright stances, in lying ones (either way up), and in planks
        and on all fours. L5 skin differs by 5 to 20 degrees between people who stand (estimate).
    flexibility
        0 stiff to 1 supple: how far a stretch or fold goes within the exercise's own limits;
        0.5 is the activity's nominal range.
    lumbar_share
        Fraction of a hold's deviation that the lumbar joints take, so that L5 does not turn. An
        independent body of rigid segments gave about 0, 0.53 and 0.87 for a spine that takes 0,
        40 and 70 % of a sag.
    amplitude_scale, tempo_scale
        Multiply the range and the speed of every movement; holds and rests keep their time.
    variability
        Standard deviation, as a fraction, of ranges and durations from one repetition to the
        next (chosen: 0.06, so that two of three repetitions lie within 6 %).
    pause_scale
        Multiplies the time spent at the end of a movement and between repetitions.
    fatigue
        Fraction by which range and speed have fallen, and shaking has grown, at a set's end.
    jerkiness
        0 moves with minimum jerk; 1 breaks every reach into clearly separate pushes.
    wander_scale
        Multiplies the departures from the straight path.
    partial_probability, hesitation_probability
        Chance that a repetition goes only about half-way, or stops on its way up for a moment
        (0.3 to 1.2 s).
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
    trunk_scale: float = 1.0
    leg_scale: float = 1.0
    girth_scale: float = 1.0
    standing_pitch_deg: float = 0.0
    floor_pitch_deg: float = 0.0
    support_pitch_deg: float = 0.0
    flexibility: float = 0.5
    lumbar_share: float = 0.0
    amplitude_scale: float = 1.0
    tempo_scale: float = 1.0
    variability: float = 0.06
    pause_scale: float = 1.0
    fatigue: float = 0.0
    jerkiness: float = 0.0
    wander_scale: float = 1.0
    partial_probability: float = 0.0
    hesitation_probability: float = 0.0
    tremor_mg: float = 10.0
    breathing_hz: float = 0.25
    breathing_deg: float = 0.8

    def __post_init__(self) -> None:
        for name, (low, high) in LIMITS.items():
            require(name, getattr(self, name), low, high)


LIMITS: dict[str, tuple[float, float]] = {
    "height_m": (1.2, 2.2),
    "trunk_scale": (0.85, 1.15),
    "leg_scale": (0.85, 1.15),
    "girth_scale": (0.7, 1.6),
    "standing_pitch_deg": (-12.0, 12.0),
    "floor_pitch_deg": (-8.0, 8.0),
    "support_pitch_deg": (-8.0, 8.0),
    "flexibility": (0.0, 1.0),
    "lumbar_share": (0.0, 0.9),
    "amplitude_scale": (0.5, 1.6),
    "tempo_scale": (0.4, 2.0),
    "variability": (0.0, 0.25),
    "pause_scale": (0.0, 4.0),
    "fatigue": (0.0, 0.5),
    "jerkiness": (0.0, 1.0),
    "wander_scale": (0.0, 5.0),
    "partial_probability": (0.0, 0.5),
    "hesitation_probability": (0.0, 0.5),
    "tremor_mg": (0.0, 100.0),
    "breathing_hz": (0.1, 0.6),
    "breathing_deg": (0.0, 3.0),
}
