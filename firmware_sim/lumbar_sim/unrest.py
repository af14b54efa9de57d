"""What a body does besides its planned moves: breath, heart, sway, shaking, steps, bumps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lumbar_sim.body import UNREST, Stance
from lumbar_sim.labelling import Span
from lumbar_sim.motion import STANDARD_GRAVITY
from lumbar_sim.oscillation import Jolt, Oscillation
from lumbar_sim.wearer import Wearer

Array = NDArray[np.float64]

FADE_S = 0.6  # chosen: about the time in which weight shifts from one support to another


def of_stance(
    stance: Stance, span: Span, wearer: Wearer, rng: np.random.Generator
) -> list[Oscillation]:
    """Return breathing, heartbeat and sway of a stay in a stance."""
    unrest = UNREST[stance]
    return [
        _breathing(span, wearer, unrest.breathing, rng),
        _heart(span, rng),
        _sway(span, unrest.sway_deg, unrest.sway_mm, rng),
    ]


def tremor(
    span: Span, rms_mg: float, gain: tuple[float, float], rng: np.random.Generator
) -> Oscillation:
    """Return shaking of 3 to 12 Hz, ``rms_mg`` on each axis, growing from gain to gain."""
    lines = 10
    frequency_hz = np.sort(rng.uniform(3.0, 12.0, lines))
    angular = 2.0 * np.pi * frequency_hz
    # sines of equal acceleration; the pelvis turns by the shift over a lever of 0.3 m (chosen)
    shift_m = rms_mg * 1e-3 * STANDARD_GRAVITY * np.sqrt(2.0 / lines) / angular**2
    amplitude = np.repeat(shift_m[:, None], 6, axis=1)
    amplitude[:, :3] /= 0.3
    return _oscillation(span, 0.4, frequency_hz, amplitude, rng, gain)


def rocking(span: Span, rms_deg: float, rng: np.random.Generator) -> Oscillation:
    """Return a slow unsteady rocking forward and back, 0.15 to 0.5 Hz, over a round back."""
    frequency_hz = rng.uniform(0.15, 0.5, 4)
    amplitude = np.zeros((4, 6))
    amplitude[:, 1] = np.deg2rad(rms_deg) * np.sqrt(2.0 / 4)
    amplitude[:, 0] = 0.3 * amplitude[:, 1]
    amplitude[:, 3] = 2e-4
    return _oscillation(span, FADE_S, frequency_hz, amplitude, rng)


def wandering(span: Span, scale: float, rng: np.random.Generator) -> Oscillation:
    """Return a moving pelvis' departures from the straight path, 0.3 to 2 Hz, chosen small."""
    frequency_hz = rng.uniform(0.3, 2.0, 5)
    amplitude = np.empty((5, 6))
    amplitude[:, :3] = np.deg2rad([0.15, 0.08, 0.1]) / frequency_hz[:, None]
    amplitude[:, 3:] = 0.4e-3 / frequency_hz[:, None]
    amplitude *= scale
    return _oscillation(span, FADE_S, frequency_hz, amplitude, rng)


@dataclass(frozen=True, slots=True)
class Gait:
    """Steps of one kind.

    Parameters
    ----------
    cadence_hz
        Steps a second.
    vertical_m, forward_m, sideways_m
        Amplitudes of the pelvis' path: up and down and forward and back with every step, from
        side to side with every stride.
    impact_g
        How hard the heel meets the floor: the size of the second and third overtones.
    list_deg, turn_deg, rock_deg
        Of the pelvis: list and turn with every stride, pitch with every step.
    """

    cadence_hz: float
    vertical_m: float
    forward_m: float
    sideways_m: float
    impact_g: float
    list_deg: float
    turn_deg: float
    rock_deg: float


def steps(span: Span, gait: Gait, start_foot: float, rng: np.random.Generator) -> Oscillation:
    """Return the pelvis' path while walking; its overtones keep their phase to the steps.

    The pelvis is lowest when both feet are down and slows just after, so that up and forward
    movements are about a quarter of a step apart; a foot's impact is a burst of overtones there.
    ``start_foot`` is 0 or 1.
    """
    multiples = np.array([0.5, 1.0, 1.5, 2.0, 3.0, 4.0])
    frequency_hz = gait.cadence_hz * multiples
    overtone_m = gait.impact_g * STANDARD_GRAVITY / (2.0 * np.pi * frequency_hz) ** 2
    amplitude, phase = np.zeros((6, 6)), np.zeros((6, 6))
    amplitude[0] = [
        np.deg2rad(gait.turn_deg),
        0.0,
        np.deg2rad(gait.list_deg),
        0.0,
        gait.sideways_m,
        0.0,
    ]
    amplitude[1] = [0.0, np.deg2rad(gait.rock_deg), 0.0, gait.vertical_m, 0.0, gait.forward_m]
    amplitude[2] = [0.0, 0.0, 0.0, 0.0, 0.35 * overtone_m[2], 0.0]
    for line, (up, aside, back) in zip(
        (3, 4, 5), ((1.0, 0.2, 0.8), (0.6, 0.2, 0.45), (0.35, 0.1, 0.25)), strict=True
    ):
        amplitude[line, 3:] = overtone_m[line] * np.array([up, aside, back])
    # phases by step: the step's beginning is where the heel lands and the pelvis is low
    phase[0] = [0.0, 0.0, 0.7, 0.0, 0.2, 0.0]
    phase[1] = [0.0, 0.6, 0.0, -0.5 * np.pi, 0.0, 0.3]
    phase[2:, 3:] = -0.5 * np.pi + rng.uniform(-0.3, 0.3, (4, 3))
    phase += 2.0 * np.pi * multiples[:, None] * (start_foot - gait.cadence_hz * span.start_s)
    return Oscillation(
        span.start_s, span.end_s, min(0.5, 0.4 * span.duration_s), frequency_hz, amplitude, phase
    )


def vibration(
    span: Span,
    rms_mg: float,
    band_hz: tuple[float, float],
    turn_deg: float,
    rng: np.random.Generator,
) -> Oscillation:
    """Return unsteady shaking of a seat or a hand at work, ``rms_mg`` on each axis."""
    lines = 8
    frequency_hz = rng.uniform(*band_hz, lines)
    shift_m = rms_mg * 1e-3 * STANDARD_GRAVITY * np.sqrt(2.0 / lines)
    amplitude = np.repeat((shift_m / (2.0 * np.pi * frequency_hz) ** 2)[:, None], 6, axis=1)
    amplitude[:, :3] = np.deg2rad(turn_deg) * np.sqrt(2.0 / lines)
    amplitude *= rng.uniform(0.5, 1.5, amplitude.shape)
    return _oscillation(span, FADE_S, frequency_hz, amplitude, rng)


def jolt(at_s: float, peak_g: float, rng: np.random.Generator) -> Jolt:
    """Return a bump of about ``peak_g`` upwards and less sideways."""
    shift_m = peak_g * STANDARD_GRAVITY / (2.0 * np.pi * Jolt.FREQUENCY_HZ) ** 2
    size = rng.uniform(0.6, 1.2)
    sideways = rng.uniform(-0.5, 0.5, 2)
    # a touch turns the pelvis less than a fall does
    turn_rad = min(1.0, peak_g / 0.04) * np.deg2rad(rng.uniform(-0.4, 0.4, 3))
    return Jolt(at_s, size * np.array([*turn_rad, shift_m, *(sideways * shift_m)]))


def _breathing(
    span: Span, wearer: Wearer, fraction: float, rng: np.random.Generator
) -> Oscillation:
    """Return breaths of uneven depth: three close lines, and the belly's rise of 2 mm."""
    frequency_hz = wearer.breathing_hz * np.array([0.88, 1.0, 1.13])
    size = fraction * wearer.breathing_deg * np.array([0.3, 1.0, 0.3])
    amplitude = np.zeros((3, 6))
    amplitude[:, 1] = np.deg2rad(size)
    amplitude[:, 3] = 0.002 * size
    return _oscillation(span, FADE_S, frequency_hz, amplitude, rng)


def _heart(span: Span, rng: np.random.Generator) -> Oscillation:
    """Return the heartbeat's recoil, about 2 mg RMS (1 to 5 mg lying)."""
    frequency_hz = rng.uniform(1.0, 1.5) * np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    acceleration = STANDARD_GRAVITY * 1e-3 * np.array([0.6, 1.0, 1.4, 1.2, 0.8])
    amplitude = np.zeros((5, 6))
    amplitude[:, 3:] = (acceleration / (2.0 * np.pi * frequency_hz) ** 2)[:, None]
    return _oscillation(span, FADE_S, frequency_hz, amplitude, rng)


def _sway(span: Span, rms_deg: float, rms_mm: float, rng: np.random.Generator) -> Oscillation:
    """Return slow wandering below 0.9 Hz, most of it below 0.3 Hz."""
    lines = 6
    frequency_hz = np.geomspace(0.06, 0.8, lines) * rng.uniform(0.9, 1.1, lines)
    weight = 1.0 / frequency_hz
    weight *= np.sqrt(2.0 / np.sum(weight**2))
    amplitude = np.empty((lines, 6))
    amplitude[:, :3] = np.deg2rad(rms_deg) * weight[:, None]
    amplitude[:, 3:] = 1e-3 * rms_mm * weight[:, None] * np.array([0.3, 1.0, 1.0])
    return _oscillation(span, FADE_S, frequency_hz, amplitude, rng)


def _oscillation(
    span: Span,
    fade_s: float,
    frequency_hz: Array,
    amplitude: Array,
    rng: np.random.Generator,
    gain: tuple[float, float] = (1.0, 1.0),
) -> Oscillation:
    phase_rad = rng.uniform(0.0, 2.0 * np.pi, amplitude.shape)
    # the next stay's fade-in lies over this one's fade-out
    end_s = span.end_s + fade_s
    return Oscillation(span.start_s, end_s, fade_s, frequency_hz, amplitude, phase_rad, gain)
