"""A region of parameters: limits of some quantities by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Region:
    """A box: the lowest and the highest value of each quantity, both within."""

    limits: Mapping[str, tuple[float, float]]

    def contains(self, quantities: Mapping[str, float]) -> bool:
        """Tell whether all quantities that the region limits lie within it."""
        return all(low <= quantities[name] <= high for name, (low, high) in self.limits.items())

    def draw(self, rng: np.random.Generator) -> dict[str, float]:
        """Return a point of the region, evenly drawn."""
        return {name: float(rng.uniform(low, high)) for name, (low, high) in self.limits.items()}

    def telling(self, other: Region) -> frozenset[str]:
        """Return the quantities by which every point tells the two regions apart."""
        return frozenset(
            name
            for name, (low, high) in self.limits.items()
            if name in other.limits
            and (high < other.limits[name][0] or other.limits[name][1] < low)
        )
