"""Trace files for tests: a simulated workout, written as a recording app would write it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lumbar_sim.imu import Imu
from lumbar_sim.placement import Placement
from lumbar_sim.programme import demo_programme
from lumbar_sim.wearer import Wearer
from lumbar_sim.workout import simulate


def write_workout_csv(path: Path, *, sampling_rate_hz: float = 50.0, start_s: float = 0.0) -> Path:
    """Write a minute of bridges, a plank and cat-cows, with a gyro."""
    measured = simulate(
        demo_programme(60.0),
        wearer=Wearer(),
        placement=Placement(),
        imu=Imu(),
        sampling_rate_hz=sampling_rate_hz,
        rng=np.random.default_rng(7),
    ).measurement
    t_s = start_s + measured.index / sampling_rate_hz
    acc_g = measured.counts[:, :3] * measured.g_per_step
    gyro_dps = measured.counts[:, 3:] * measured.dps_per_step
    header = "t_s,ax_g,ay_g,az_g,gx_dps,gy_dps,gz_dps"
    table = np.column_stack([t_s, acc_g, gyro_dps])
    formats = ["%.5f"] + ["%.4f"] * 3 + ["%.1f"] * 3
    np.savetxt(path, table, formats, delimiter=",", header=header, comments="")
    return path
