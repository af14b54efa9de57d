"""What an inertial sensor at L5 reads: inverse dynamics of the engine, then own errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import mujoco
import numpy as np
from humanoid import Humanoid
from inverse_kinematics import tangent
from numpy.typing import NDArray

Array = NDArray[np.float64]

STEP_S = 2e-4  # of the central differences that give velocity and acceleration of the joints
G_MS2 = 9.81  # the engine's own gravity


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """How one sensor is worn and what it adds (ranges chosen; noise 5 to 15 mg)."""

    mounting: Array  # (3, 3), from the site's axes to the sensor's
    noise_g: float
    offset_g: Array  # (3,)
    gyro_noise_dps: float
    gyro_offset_dps: Array  # (3,)


def drawn_errors(rng: np.random.Generator) -> Errors:
    """Draw a sensor and a careful placement: within 8 degrees about each axis."""
    mounting, quat = np.empty(9), np.empty(4)
    mujoco.mju_euler2Quat(quat, np.radians(rng.uniform(-8.0, 8.0, 3)), "XYZ")
    mujoco.mju_quat2Mat(mounting, quat)
    return Errors(
        mounting=mounting.reshape(3, 3),
        noise_g=float(rng.uniform(0.005, 0.015)),
        offset_g=rng.uniform(-0.02, 0.02, 3),
        gyro_noise_dps=0.1,
        gyro_offset_dps=rng.uniform(-0.5, 0.5, 3),
    )


def ideal_readings(
    body: Humanoid, qpos_at: Callable[[float], Array], times_s: Array
) -> tuple[Array, Array]:
    """Return specific force in g and rate in degrees/s in the site's axes, each (n, 3)."""
    acc_g, gyro_dps = np.empty((len(times_s), 3)), np.empty((len(times_s), 3))
    acc_address = body.model.sensor("l5_acc").adr[0]
    gyro_address = body.model.sensor("l5_gyro").adr[0]
    for row, time_s in enumerate(times_s):
        _set_motion(body, qpos_at, float(time_s))
        mujoco.mj_inverse(body.model, body.data)
        acc_g[row] = body.data.sensordata[acc_address : acc_address + 3] / G_MS2
        gyro_dps[row] = np.degrees(body.data.sensordata[gyro_address : gyro_address + 3])
    return acc_g, gyro_dps


def _set_motion(body: Humanoid, qpos_at: Callable[[float], Array], time_s: float) -> None:
    before, now, after = (qpos_at(time_s + step) for step in (-STEP_S, 0.0, STEP_S))
    into, out_of = tangent(body, before, now) / STEP_S, tangent(body, now, after) / STEP_S
    body.data.qpos[:] = now
    body.data.qvel[:] = 0.5 * (into + out_of)
    body.data.qacc[:] = (out_of - into) / STEP_S


def with_errors(
    acc_g: Array, gyro_dps: Array, errors: Errors, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Return what the sensor delivers for ideal readings, same shapes."""
    acc = acc_g @ errors.mounting.T + errors.offset_g
    gyro = gyro_dps @ errors.mounting.T + errors.gyro_offset_dps
    acc += rng.normal(0.0, errors.noise_g, acc.shape)
    gyro += rng.normal(0.0, errors.gyro_noise_dps, gyro.shape)
    return acc, gyro
