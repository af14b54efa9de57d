"""Second-order sections, designed by plain arithmetic: every machine gets the same bits."""

from __future__ import annotations

from dataclasses import dataclass

PI = 3.141592653589793
# Quality factor and frequency factor of the second-order Bessel low-pass with -3 dB at 1: its
# delay is the same at every frequency of a movement, so rises and falls are not skewed.
BESSEL_Q = 0.5773502691896258
BESSEL_SCALE = 1.2720196495140690


@dataclass(frozen=True, slots=True)
class Section:
    """A second-order section ``(b0, b1, b2) / (1, a1, a2)``."""

    b0: float
    b1: float
    b2: float
    a1: float
    a2: float


def low_pass(cutoff_hz: float, rate_hz: float) -> Section:
    """Bessel low-pass with -3 dB at ``cutoff_hz``, by the bilinear transform."""
    k = _tan(PI * cutoff_hz * BESSEL_SCALE / rate_hz)
    norm = 1.0 / (1.0 + k / BESSEL_Q + k * k)
    b0 = k * k * norm
    return Section(
        b0, 2.0 * b0, b0, 2.0 * (k * k - 1.0) * norm, (1.0 - k / BESSEL_Q + k * k) * norm
    )


def band_pass(low_hz: float, high_hz: float, rate_hz: float) -> Section:
    """Band-pass with unit gain between its -3 dB edges, by the bilinear transform.

    The upper edge is held below 0.45 of the rate.
    """
    low = _tan(PI * low_hz / rate_hz)
    high = _tan(PI * min(high_hz, 0.45 * rate_hz) / rate_hz)
    centre_squared = low * high
    width = high - low
    norm = 1.0 / (1.0 + width + centre_squared)
    return Section(
        width * norm,
        0.0,
        -width * norm,
        2.0 * (centre_squared - 1.0) * norm,
        (1.0 - width + centre_squared) * norm,
    )


def low_pass_delay_s(cutoff_hz: float) -> float:
    """Delay of the Bessel low-pass for slow movement, in seconds."""
    return 1.0 / (BESSEL_Q * 2.0 * PI * cutoff_hz * BESSEL_SCALE)


def white_noise_gain(section: Section) -> float:
    """Variance out for unit variance in: the energy of the impulse response."""
    energy = s1 = s2 = 0.0
    for n in range(2000):
        x = 1.0 if n == 0 else 0.0
        y = section.b0 * x + s1
        s1 = section.b1 * x - section.a1 * y + s2
        s2 = section.b2 * x - section.a2 * y
        energy += y * y
    return energy


def _tan(x: float) -> float:
    """Tangent of 0 to 1.5 rad by the series of sine and cosine."""
    sine, cosine, term = 0.0, 0.0, 1.0
    for n in range(40):
        sign = 1.0 if n % 4 < 2 else -1.0
        if n % 2:
            sine += sign * term
        else:
            cosine += sign * term
        term *= x / (n + 1)
    return sine / cosine
