"""A simulated workout: the motion, its truth, and what the worn sensor measures of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lumbar_sim.body import Stance
from lumbar_sim.imu import Imu, Instants
from lumbar_sim.labelling import label
from lumbar_sim.measurement import Measurement
from lumbar_sim.motion import Motion, angular_velocity_dps, specific_force_g
from lumbar_sim.placement import Placement
from lumbar_sim.programme import Programme
from lumbar_sim.truth import Truth
from lumbar_sim.wearer import Wearer

Array = NDArray[np.float64]

PART_S = 60.0  # fits the processor's cache; a day at once would need gigabytes


@dataclass(frozen=True, slots=True)
class SimulatedWorkout:
    """What was measured, what was truly done, and the motion behind both."""

    measurement: Measurement
    truth: Truth
    motion: Motion
    duration_s: float


def simulate(
    programme: Programme,
    *,
    wearer: Wearer,
    placement: Placement,
    imu: Imu,
    sampling_rate_hz: float,
    rng: np.random.Generator,
) -> SimulatedWorkout:
    """Let a wearer do a programme.

    The same generator state gives the same workout; the motion does not depend on the placement,
    the sensor or its rate.

    Parameters
    ----------
    sampling_rate_hz
        Nominal rate, 10 to 1000 Hz, by the sensor's own crystal.
    rng
        Draws the variation of the movements first, then the sensor's noise.

    Raises
    ------
    ValueError
        Names the parameter and its allowed range.
    """
    performance = programme.perform(wearer, rng)
    motion, duration_s = performance.finish(), performance.now_s
    instants = imu.instants(duration_s, sampling_rate_hz)
    acc_g, gyro_dps = _felt(motion, placement, imu, instants, duration_s)
    return SimulatedWorkout(
        imu.measure(acc_g, gyro_dps, sampling_rate_hz, rng),
        label(
            motion,
            performance.sets,
            duration_s,
            performance.everyday,
            performance.body.pose(Stance.STANDING),
        ),
        motion,
        duration_s,
    )


def _felt(
    motion: Motion, placement: Placement, imu: Imu, instants: Instants, duration_s: float
) -> tuple[Array, Array]:
    """Return what acts on the sensor at each sample, ``(n, 3)`` in g and in degrees/s.

    Without a gyroscope nobody asks for the latter: it stays zero.
    """
    acc_g, gyro_dps = np.zeros((2, instants.samples, 3))
    memory_s = placement.wobble.memory_s if placement.wobble else 0.0
    lead = math.ceil(memory_s / instants.step_s)
    for part in instants.parts(PART_S):
        now = slice(part.first, part.first + part.samples)
        t_s = part.t_s(margin=1, lead=lead)
        turned, place_m = placement.carried(*motion.at(t_s), t_s, duration_s)
        turned, place_m = turned[lead:], place_m[lead:]
        acc_g[now] = part.decimate(specific_force_g(turned, place_m, part.step_s))
        if imu.gyro:
            gyro_dps[now] = part.decimate(angular_velocity_dps(turned, part.step_s))
    return acc_g, gyro_dps
