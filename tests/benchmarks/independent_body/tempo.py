"""How phase runs with time: smooth profiles, skewed, with other speeds out and back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

PROFILES = ("quintic", "septic", "raised_cosine")


@dataclass(frozen=True, slots=True)
class Style:
    """How one person moves; ``skew`` in (-1, 1), positive: quick at first."""

    profile: str
    skew: float
    back_to_out: float  # time back as a share of the time out
    unevenness: float  # spread of times and ranges from repetition to repetition, as a share


def drawn_style(rng: np.random.Generator) -> Style:
    """Draw a person's way of moving (ranges chosen)."""
    return Style(
        profile=PROFILES[int(rng.integers(len(PROFILES)))],
        skew=float(rng.uniform(-0.4, 0.4)),
        back_to_out=float(rng.uniform(0.75, 1.5)),
        unevenness=float(rng.uniform(0.03, 0.12)),
    )


def progress(style: Style, share: float) -> float:
    """Return how much of its way a move has done after a share of its time, both 0 to 1."""
    x = min(max(share, 0.0), 1.0)
    x += style.skew * x * (1.0 - x)
    if style.profile == "quintic":
        return x**3 * (10.0 + x * (6.0 * x - 15.0))
    if style.profile == "septic":
        return x**4 * (35.0 + x * (-84.0 + x * (70.0 - 20.0 * x)))
    return 0.5 - 0.5 * math.cos(math.pi * x)
