"""A synthetic glute bridge: the plainest motion that every detector of ours must count."""

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 50.0
G_PER_STEP = 1 / 4096
_REST_S, _PERIOD_S, _ANGLE_RAD, _NOISE_G = 3.0, 4.0, 0.5, 0.004


def bridge_samples(repetitions: int, seed: int = 1) -> NDArray[np.int16]:
    """Return int16 samples (n, 3): lying on the back, ``repetitions`` bridges, lying again."""
    rest = np.zeros(round(_REST_S * RATE_HZ))
    phase = np.arange(round(_PERIOD_S * RATE_HZ)) / round(_PERIOD_S * RATE_HZ)
    lift = _ANGLE_RAD * np.sin(np.pi * np.clip(phase / 0.75, 0.0, 1.0)) ** 2
    angle = np.concatenate([rest, *[lift] * repetitions, rest])
    acc_g = np.column_stack([-np.sin(angle), np.zeros_like(angle), -np.cos(angle)])
    acc_g += np.random.default_rng(seed).normal(0.0, _NOISE_G, acc_g.shape)
    return np.rint(acc_g / G_PER_STEP).astype(np.int16)
