"""What is added to planned moves: sums of sines that come and go, and short bounces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lumbar_sim.trajectory import minimum_jerk

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grid:
    """Times in the order of time, and their step where it is always the same."""

    t_s: Array
    step_s: float | None

    RUN = 64  # times whose sines follow from those of the first one

    @classmethod
    def of(cls, t_s: Array) -> Grid:
        """Look whether the times are evenly spaced."""
        if len(t_s) < 2 * cls.RUN:
            return cls(t_s, None)
        step_s = float(t_s[-1] - t_s[0]) / (len(t_s) - 1)
        even = np.abs(np.diff(t_s) - step_s).max() < 1e-6 * step_s
        return cls(t_s, step_s if even else None)

    def within(self, start_s: float, end_s: float) -> slice:
        """Return which times lie in an interval."""
        return slice(*np.searchsorted(self.t_s, [start_s, end_s]))

    def part(self, now: slice) -> Grid:
        """Return some of the times."""
        return Grid(self.t_s[now], self.step_s)

    def waves(self, angular_hz: Array, sine: Array, cosine: Array) -> Array:
        """Return ``sin(w t) @ sine + cos(w t) @ cosine`` for all ``t``, shape ``(6, n)``.

        Where the times are even, the sines within a run follow from those of its first time by
        the addition theorem, so that a matrix product does the work.
        """
        run = self.RUN if self.step_s else 1
        lines = len(angular_hz)
        at_run = np.outer(self.t_s[::run], angular_hz)
        turn = np.outer(angular_hz, np.arange(run) * (self.step_s or 0.0))
        c, s = np.cos(turn)[None], np.sin(turn)[None]
        p, q = sine.T[:, :, None], cosine.T[:, :, None]
        weights = np.concatenate([p * c - q * s, p * s + q * c], axis=1)  # (6, 2 * lines, run)
        basis = np.concatenate([np.sin(at_run), np.cos(at_run)], axis=1)
        out = np.zeros((6, len(self.t_s)))
        for channel in np.flatnonzero((sine != 0.0).any(axis=0) | (cosine != 0.0).any(axis=0)):
            wave = basis @ weights[channel].reshape(2 * lines, run)
            out[channel] = wave.reshape(-1)[: len(self.t_s)]
        return out


@dataclass(frozen=True, slots=True)
class Oscillation:
    """A sum of sines in six channels, faded in and out: breathing, sway, tremor, steps.

    Channels are the turn about the body's x, y, z (radians) and the shift along the world's
    x, y, z (metres).
    """

    start_s: float
    end_s: float
    fade_s: float
    frequency_hz: Array  # (k,)
    amplitude: Array  # (k, 6)
    phase_rad: Array  # (k, 6)
    gain: tuple[float, float] = (1.0, 1.0)  # at the start and at the end

    def at(self, grid: Grid) -> Array:
        """Return the six channels, shape ``(6, n)``."""
        waves = grid.waves(
            2.0 * np.pi * self.frequency_hz,
            self.amplitude * np.cos(self.phase_rad),
            self.amplitude * np.sin(self.phase_rad),
        )
        t_s = grid.t_s
        rising = grid.within(self.start_s, self.start_s + self.fade_s)
        waves[:, rising] *= minimum_jerk((t_s[rising] - self.start_s) / self.fade_s)
        falling = grid.within(self.end_s - self.fade_s, self.end_s)
        waves[:, falling] *= minimum_jerk((self.end_s - t_s[falling]) / self.fade_s)
        if self.gain != (1.0, 1.0):
            waves *= np.interp(t_s, [self.start_s, self.end_s], self.gain)
        return waves


@dataclass(frozen=True, slots=True)
class Jolt:
    """A knee, hand or hip that meets the floor: a short damped bounce."""

    at_s: float
    amplitude: Array  # (6,), as the channels of an oscillation

    FREQUENCY_HZ = 7.0  # chosen: soft tissue and a mat let little pass above 10 Hz
    WIDTH_S = 0.04

    @property
    def start_s(self) -> float:
        """When the bounce begins to matter."""
        return self.at_s - 5.0 * self.WIDTH_S

    @property
    def end_s(self) -> float:
        """When it has died away."""
        return self.at_s + 5.0 * self.WIDTH_S

    def at(self, grid: Grid) -> Array:
        """Return the six channels, shape ``(6, n)``."""
        since = grid.t_s - self.at_s
        wave = np.sin(2.0 * np.pi * self.FREQUENCY_HZ * since)
        return np.outer(self.amplitude, wave * np.exp(-0.5 * (since / self.WIDTH_S) ** 2))
