"""A family: a generator of one factor, and what it may be used for.

Development families are for building and tuning; figures are reported of reporting families
alone. The purpose is part of the type, so that mypy refuses what mixes the two.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeAlias, TypeVar

import numpy as np

from lumbar_sim.families.region import Region


class FamilyError(ValueError):
    """A family that does not exist, or that may not be used like this."""


class Development:
    """For building and tuning."""

    word: ClassVar[str] = "development"


class Reporting:
    """For reported figures alone: nobody looks at it while building."""

    word: ClassVar[str] = "reporting"


# constrained, not bound: no common ancestor may stand for both
PurposeT = TypeVar("PurposeT", Development, Reporting)
DrawnT = TypeVar("DrawnT")


@dataclass(frozen=True, slots=True)
class Family(Generic[PurposeT, DrawnT]):
    """One way of making one factor.

    Parameters
    ----------
    name
        Unique among all families of all factors.
    purpose
        ``Development`` or ``Reporting``.
    region
        Where all of its draws lie; regions of families of different purposes do not meet.
    quantities
        What of a draw the region limits.
    generate
        Draws one.
    """

    name: str
    purpose: type[PurposeT]
    region: Region
    quantities: Callable[[DrawnT], Mapping[str, float]]
    generate: Callable[[np.random.Generator], DrawnT]

    def draw(self, rng: np.random.Generator) -> DrawnT:
        """Return one of the family."""
        return self.generate(rng)

    def contains(self, drawn: DrawnT) -> bool:
        """Tell whether something lies in the family's region."""
        return self.region.contains(self.quantities(drawn))


DevelopmentFamily: TypeAlias = Family[Development, DrawnT]
ReportingFamily: TypeAlias = Family[Reporting, DrawnT]
AnyFamily: TypeAlias = Family[Development, DrawnT] | Family[Reporting, DrawnT]
