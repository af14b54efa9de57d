"""The accelerometer and gyroscope: from what truly acts on the sensor to the converter's counts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lumbar_sim.limits import require
from lumbar_sim.measurement import Measurement

Array = NDArray[np.float64]

FULL_SCALE = 32768  # steps of a 16-bit converter on either side of zero
INTERNAL_RATE_HZ = 400.0  # at least; the modelled motion ends near 15 Hz
FILTER_SAMPLES = 6  # half-width of the anti-aliasing filter, in output samples
CUTOFF = 0.42  # of the output rate, where the filter has lost half
WARM_UP_S = 600.0  # chosen: a small case on the skin is warm after some tens of minutes


@dataclass(frozen=True, slots=True)
class Imu:
    """One specimen of a small MEMS sensor and its crystal.

    Defaults are a plain wearable part in a low-power mode: noise 5 mg RMS (ST LSM6DSO, DS12140:
    5.5 mg in ultra-low-power mode; Bosch BMI270 at 0.16 mg/√Hz would have about 1 mg), gyroscope
    0.05 deg/s RMS (0.007 deg/s/√Hz over 50 Hz). Offsets of 20 mg and 0.5 deg/s, a gain error of
    1 % and a crystal off by 20 ppm are chosen as usual tolerances.

    Parameters
    ----------
    range_g
        2, 4, 8 or 16; what is beyond saturates.
    noise_mg, gyro_noise_dps
        RMS of white noise on each axis, at any rate.
    bias_mg, gain
        By axis: reading = gain * truth + bias.
    gyro
        Whether there is a gyroscope.
    clock_ppm
        How much the sensor's crystal is too fast: sample ``i`` is taken at the true time
        ``i / (sampling_rate_hz * (1 + clock_ppm * 1e-6))``.
    bits
        Of the converter; a coarse one's counts are written in steps of a 16-bit one's.
    warm_up_mg
        By axis: a further offset while the part is cold, gone with a time constant of 10 minutes.
    gaps_per_hour, gap_s
        How often samples are missing on average, and for how long: shortest and longest, drawn
        evenly on a logarithmic scale.

    Raises
    ------
    ValueError
        Names the parameter and its allowed range.
    """

    range_g: int = 4
    noise_mg: float = 5.0
    bias_mg: tuple[float, float, float] = (12.0, -8.0, 20.0)
    gain: tuple[float, float, float] = (1.004, 0.996, 1.01)
    gyro: bool = True
    gyro_range_dps: int = 1000
    gyro_noise_dps: float = 0.05
    gyro_bias_dps: tuple[float, float, float] = (0.4, -0.3, 0.5)
    clock_ppm: float = 20.0
    bits: int = 16
    warm_up_mg: tuple[float, float, float] = (0.0, 0.0, 0.0)
    gaps_per_hour: float = 0.0
    gap_s: tuple[float, float] = (0.1, 8.0)

    def __post_init__(self) -> None:
        if self.range_g not in (2, 4, 8, 16):
            raise ValueError(f"range_g is {self.range_g}: choose 2, 4, 8 or 16")
        if self.gyro_range_dps not in (125, 250, 500, 1000, 2000):
            raise ValueError(
                f"gyro_range_dps is {self.gyro_range_dps}: choose 125, 250, 500, 1000 or 2000"
            )
        require("noise_mg", self.noise_mg, 0.0, 200.0)
        require("gyro_noise_dps", self.gyro_noise_dps, 0.0, 20.0)
        require("clock_ppm", self.clock_ppm, -1000.0, 1000.0)
        require("bits", self.bits, 8, 16)
        require("gaps_per_hour", self.gaps_per_hour, 0.0, 3600.0)
        require("gap_s[0]", self.gap_s[0], 0.01, 3600.0)
        require("gap_s[1]", self.gap_s[1], self.gap_s[0], 3600.0)
        for axis in range(3):
            require(f"warm_up_mg[{axis}]", self.warm_up_mg[axis], -200.0, 200.0)
            require(f"bias_mg[{axis}]", self.bias_mg[axis], -500.0, 500.0)
            require(f"gain[{axis}]", self.gain[axis], 0.8, 1.2)
            require(f"gyro_bias_dps[{axis}]", self.gyro_bias_dps[axis], -20.0, 20.0)

    @property
    def g_per_step(self) -> float:
        """Acceleration of one count."""
        return self.range_g / FULL_SCALE

    @property
    def dps_per_step(self) -> float:
        """Angular velocity of one count; 0 without a gyroscope."""
        return self.gyro_range_dps / FULL_SCALE if self.gyro else 0.0

    def instants(self, duration_s: float, sampling_rate_hz: float) -> Instants:
        """Return when the sensor looks during ``duration_s`` seconds of true time."""
        require("sampling_rate_hz", sampling_rate_hz, 10.0, 1000.0)
        rate_hz = sampling_rate_hz * (1.0 + self.clock_ppm * 1e-6)
        samples = math.floor(duration_s * rate_hz + 1e-6)
        factor = max(2, math.ceil(INTERNAL_RATE_HZ / sampling_rate_hz))
        return Instants(samples, factor, 1.0 / (rate_hz * factor))

    def measure(
        self, acc_g: Array, gyro_dps: Array, sampling_rate_hz: float, rng: np.random.Generator
    ) -> Measurement:
        """Disturb and round what the filter let through at each sample, each ``(n, 3)``."""
        cold = np.exp(-np.arange(len(acc_g)) / (sampling_rate_hz * WARM_UP_S))
        acc = acc_g * self.gain + np.array(self.bias_mg) * 1e-3
        acc += np.outer(cold, np.array(self.warm_up_mg) * 1e-3)
        acc += rng.normal(0.0, self.noise_mg * 1e-3, acc.shape)
        counts = self._to_counts(acc / self.g_per_step)
        if self.gyro:
            gyro = gyro_dps + self.gyro_bias_dps
            gyro += rng.normal(0.0, self.gyro_noise_dps, gyro.shape)
            counts = np.hstack([counts, self._to_counts(gyro / self.dps_per_step)])
        kept = self._kept(len(counts), sampling_rate_hz, rng)
        return Measurement(
            index=kept,
            counts=counts[kept],
            sampling_rate_hz=sampling_rate_hz,
            g_per_step=self.g_per_step,
            dps_per_step=self.dps_per_step,
            range_g=self.range_g,
        )

    def _to_counts(self, steps: Array) -> NDArray[np.int16]:
        coarse = 1 << (16 - self.bits)
        low, high = -FULL_SCALE // coarse, FULL_SCALE // coarse - 1
        return (np.clip(np.rint(steps / coarse), low, high) * coarse).astype(np.int16)

    def _kept(
        self, samples: int, sampling_rate_hz: float, rng: np.random.Generator
    ) -> NDArray[np.int64]:
        """Return the indices outside the gaps; the first sample is always there."""
        missing = np.zeros(samples, dtype=np.bool_)
        if self.gaps_per_hour > 0.0:
            gaps = rng.poisson(self.gaps_per_hour * samples / (sampling_rate_hz * 3600.0))
            first = rng.integers(1, samples, gaps)
            shortest, longest = np.log(self.gap_s)
            length_s = np.exp(rng.uniform(shortest, longest, gaps))
            length = np.maximum(1, np.rint(length_s * sampling_rate_hz)).astype(np.int64)
            for start, n in zip(first, length, strict=True):
                missing[start : start + n] = True
        return np.flatnonzero(~missing)


@dataclass(frozen=True, slots=True)
class Instants:
    """A grid ``factor`` times finer than the samples, longer by the filter at either end."""

    samples: int
    factor: int
    step_s: float
    first: int = 0  # index of the first sample

    @property
    def half_width(self) -> int:
        """Fine steps by which the filter reaches to either side."""
        return FILTER_SAMPLES * self.factor

    def parts(self, duration_s: float) -> Iterator[Instants]:
        """Return the same samples in parts of about ``duration_s`` seconds, in order."""
        size = max(1, round(duration_s / (self.step_s * self.factor)))
        for first in range(0, self.samples, size):
            samples = min(size, self.samples - first)
            yield replace(self, samples=samples, first=self.first + first)

    def t_s(self, margin: int, lead: int = 0) -> Array:
        """Return the true times, with ``margin`` more fine steps at either end.

        ``lead`` is a number of further steps before.
        """
        reach = self.half_width + margin
        begin = self.first * self.factor - reach - lead
        end = (self.first + self.samples - 1) * self.factor + reach + 1
        return np.asarray(np.arange(begin, end) * self.step_s, dtype=np.float64)

    def decimate(self, fine: Array) -> Array:
        """Return ``(samples, 3)``: low-passed without delay, then every ``factor``-th value."""
        at = np.arange(-self.half_width, self.half_width + 1) / self.factor
        taps = np.sinc(2.0 * CUTOFF * at) * np.hamming(len(at))
        taps /= taps.sum()
        filtered = np.empty((self.samples, fine.shape[1]))
        for axis, channel in enumerate(fine.T):
            filtered[:, axis] = np.convolve(channel, taps, mode="valid")[:: self.factor]
        return filtered
