"""Families of hardware: rate, range, noise, errors of gain, offset and clock, lost samples.

Every range is chosen, about what data sheets of small sensors allow: rates of 25 to 200 Hz,
noise of 2 to 40 mg, gain within 4 %, offsets up to 50 mg, clocks within 200 ppm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lumbar_sim.families.family import (
    Development,
    DevelopmentFamily,
    Family,
    Reporting,
    ReportingFamily,
)
from lumbar_sim.families.region import Region
from lumbar_sim.imu import Imu


@dataclass(frozen=True, slots=True)
class Hardware:
    """A specimen, and how often it is asked to look."""

    imu: Imu
    sampling_rate_hz: float


def quantities(hardware: Hardware) -> dict[str, float]:
    """Return what tells the families apart; sizes, where a parameter has a sign."""
    imu = hardware.imu
    return {
        "sampling_rate_hz": hardware.sampling_rate_hz,
        "noise_mg": imu.noise_mg,
        "gain_error": max(abs(gain - 1.0) for gain in imu.gain),
        "offset_mg": max(abs(bias_mg) for bias_mg in imu.bias_mg),
        "warm_up_mg": max(abs(warm_up_mg) for warm_up_mg in imu.warm_up_mg),
        "clock_ppm": abs(imu.clock_ppm),
        "gaps_per_hour": imu.gaps_per_hour,
        "bits": float(imu.bits),
        "range_g": float(imu.range_g),
        "gyro": float(imu.gyro),
    }


@dataclass(frozen=True, slots=True)
class _Specification:
    """What a family's specimens have in common; pairs are limits, rates and ranges a choice."""

    rates_hz: Sequence[float]
    ranges_g: Sequence[int]
    noise_mg: tuple[float, float]
    gain_error: float
    offset_mg: float
    clock_ppm: tuple[float, float] = (0.0, 60.0)
    gyro: Sequence[bool] = (True, False)
    bits: int = 16
    warm_up_mg: tuple[float, float] = (0.0, 0.0)
    gaps_per_hour: tuple[float, float] = (0.0, 0.0)
    gap_s: tuple[float, float] = (0.1, 8.0)

    @property
    def region(self) -> Region:
        """Where all specimens lie."""
        return Region(
            {
                "sampling_rate_hz": (min(self.rates_hz), max(self.rates_hz)),
                "noise_mg": self.noise_mg,
                "gain_error": (0.0, self.gain_error),
                "offset_mg": (0.0, self.offset_mg),
                "warm_up_mg": self.warm_up_mg,
                "clock_ppm": self.clock_ppm,
                "gaps_per_hour": self.gaps_per_hour,
                "bits": (self.bits, self.bits),
            }
        )

    def specimen(self, rng: np.random.Generator) -> Hardware:
        """Return one sensor at one of the rates."""
        imu = Imu(
            range_g=int(rng.choice(self.ranges_g)),
            noise_mg=float(rng.uniform(*self.noise_mg)),
            bias_mg=_by_axis(rng.uniform(-self.offset_mg, self.offset_mg, 3)),
            gain=_by_axis(1.0 + rng.uniform(-self.gain_error, self.gain_error, 3)),
            gyro=bool(rng.choice(self.gyro)),
            clock_ppm=float(rng.uniform(*self.clock_ppm) * rng.choice([-1.0, 1.0])),
            bits=self.bits,
            warm_up_mg=_by_axis(rng.uniform(*self.warm_up_mg, 3) * rng.choice([-1.0, 1.0], 3)),
            gaps_per_hour=float(rng.uniform(*self.gaps_per_hour)),
            gap_s=self.gap_s,
        )
        return Hardware(imu, float(rng.choice(self.rates_hz)))


def _by_axis(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, float, float]:
    x, y, z = values
    return float(x), float(y), float(z)


_USUAL = _Specification((50.0, 100.0), (4, 8), (3.0, 9.0), 0.015, 25.0)
_LOW_POWER = _Specification((25.0,), (2, 4), (8.0, 15.0), 0.02, 30.0, gyro=(False,))
_OFF_GRID = _Specification((52.0, 104.0), (4,), (2.0, 6.0), 0.015, 20.0, (20.0, 100.0))
_DROPPING = _Specification(
    (50.0, 100.0), (4, 8), (3.0, 9.0), 0.02, 25.0, gaps_per_hour=(4.0, 12.0), gap_s=(0.1, 2.0)
)

_NOISY = _Specification((50.0, 100.0), (8, 16), (20.0, 40.0), 0.04, 50.0, gyro=(False,), bits=12)
_ODD_CLOCK = _Specification((31.25, 60.0), (2, 4), (4.0, 15.0), 0.03, 40.0, (120.0, 200.0))
_FAST = _Specification((200.0,), (2, 4, 16), (2.0, 5.0), 0.01, 20.0, gyro=(True,))
_COLD = _Specification((25.0, 104.0), (4, 8), (4.0, 12.0), 0.04, 50.0, warm_up_mg=(15.0, 45.0))
_PATCHY = _Specification(
    (50.0, 52.0, 100.0), (4, 8), (4.0, 15.0), 0.03, 40.0, gaps_per_hour=(30.0, 90.0)
)

DEVELOPMENT_HARDWARE: tuple[DevelopmentFamily[Hardware], ...] = (
    Family("usual", Development, _USUAL.region, quantities, _USUAL.specimen),
    Family("low_power", Development, _LOW_POWER.region, quantities, _LOW_POWER.specimen),
    Family("off_grid", Development, _OFF_GRID.region, quantities, _OFF_GRID.specimen),
    Family("dropping", Development, _DROPPING.region, quantities, _DROPPING.specimen),
)
REPORTING_HARDWARE: tuple[ReportingFamily[Hardware], ...] = (
    Family("noisy", Reporting, _NOISY.region, quantities, _NOISY.specimen),
    Family("odd_clock", Reporting, _ODD_CLOCK.region, quantities, _ODD_CLOCK.specimen),
    Family("fast", Reporting, _FAST.region, quantities, _FAST.specimen),
    Family("cold", Reporting, _COLD.region, quantities, _COLD.specimen),
    Family("patchy", Reporting, _PATCHY.region, quantities, _PATCHY.specimen),
)
