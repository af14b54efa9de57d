"""A simulated workout: the motion, its truth, and what the worn sensor measures of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lumbar_sim.imu import Imu
from lumbar_sim.labelling import label
from lumbar_sim.measurement import Measurement
from lumbar_sim.motion import Motion, angular_velocity_dps, specific_force_g
from lumbar_sim.placement import Placement
from lumbar_sim.programme import Programme
from lumbar_sim.truth import Truth
from lumbar_sim.wearer import Wearer


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
    quaternion, position_m = motion.at(instants.t_s(margin=1))
    acc_g = specific_force_g(quaternion, position_m, instants.step_s)
    gyro_dps = angular_velocity_dps(quaternion, instants.step_s)
    measurement = imu.measure(
        placement.to_sensor(acc_g),
        placement.to_sensor(gyro_dps),
        instants,
        sampling_rate_hz,
        rng,
    )
    return SimulatedWorkout(
        measurement, label(motion, performance.sets, duration_s), motion, duration_s
    )
