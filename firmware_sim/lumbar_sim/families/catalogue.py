"""All families by purpose, found by name, and the casts that a purpose's families make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic

import numpy as np

from lumbar_sim.families.bodies import DEVELOPMENT_BODIES, REPORTING_BODIES
from lumbar_sim.families.cast import FACTORS, Cast
from lumbar_sim.families.family import (
    Development,
    DrawnT,
    Family,
    FamilyError,
    PurposeT,
    Reporting,
)
from lumbar_sim.families.hardware import DEVELOPMENT_HARDWARE, REPORTING_HARDWARE, Hardware
from lumbar_sim.families.placements import DEVELOPMENT_PLACEMENTS, REPORTING_PLACEMENTS
from lumbar_sim.families.styles import DEVELOPMENT_STYLES, REPORTING_STYLES
from lumbar_sim.families.traits import Traits
from lumbar_sim.placement import Placement


@dataclass(frozen=True, slots=True)
class Catalogue(Generic[PurposeT]):
    """The families of one purpose, by factor."""

    body: tuple[Family[PurposeT, Traits], ...]
    style: tuple[Family[PurposeT, Traits], ...]
    placement: tuple[Family[PurposeT, Placement], ...]
    hardware: tuple[Family[PurposeT, Hardware], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all families, factor by factor."""
        return tuple(family.name for factor in FACTORS for family in getattr(self, factor))

    def limited_to(self, names: Iterable[str]) -> Catalogue[PurposeT]:
        """Return only the named families where a factor has a named one, else all of it.

        Raises
        ------
        FamilyError
            Where a name is not in this catalogue.
        """
        wanted = tuple(names)
        for name, purpose in purposes_of(wanted).items():
            if name not in self.names:
                raise FamilyError(f"family {name} is for {purpose}: choose {', '.join(self.names)}")
        return Catalogue(
            _limited(self.body, wanted),
            _limited(self.style, wanted),
            _limited(self.placement, wanted),
            _limited(self.hardware, wanted),
        )

    def cast(self, seed: int, person: int) -> Cast[PurposeT]:
        """Return the families of a person: each factor's in turn, in an order of its own."""
        return Cast(
            _turn(self.body, seed, person, 0),
            _turn(self.style, seed, person, 1),
            _turn(self.placement, seed, person, 2),
            _turn(self.hardware, seed, person, 3),
        )


DEVELOPMENT: Catalogue[Development] = Catalogue(
    DEVELOPMENT_BODIES, DEVELOPMENT_STYLES, DEVELOPMENT_PLACEMENTS, DEVELOPMENT_HARDWARE
)
REPORTING: Catalogue[Reporting] = Catalogue(
    REPORTING_BODIES, REPORTING_STYLES, REPORTING_PLACEMENTS, REPORTING_HARDWARE
)


def catalogue_named(purpose: str) -> Catalogue[Development] | Catalogue[Reporting]:
    """Return the families of a purpose, ``development`` or ``reporting``.

    Raises
    ------
    FamilyError
        Where there is no such purpose.
    """
    if purpose == Development.word:
        return DEVELOPMENT
    if purpose == Reporting.word:
        return REPORTING
    raise FamilyError(f"purpose is {purpose!r}: choose {Development.word} or {Reporting.word}")


def purposes_of(names: Iterable[str]) -> dict[str, str]:
    """Return the purpose of each named family.

    Raises
    ------
    FamilyError
        Where there is no such family.
    """
    known = {name: Development.word for name in DEVELOPMENT.names}
    known |= {name: Reporting.word for name in REPORTING.names}
    found = {}
    for name in names:
        if name not in known:
            raise FamilyError(f"family is {name!r}: choose {', '.join(known)}")
        found[name] = known[name]
    return found


def _limited(
    families: tuple[Family[PurposeT, DrawnT], ...], wanted: tuple[str, ...]
) -> tuple[Family[PurposeT, DrawnT], ...]:
    named = tuple(family for family in families if family.name in wanted)
    return named or families


def _turn(
    families: tuple[Family[PurposeT, DrawnT], ...], seed: int, person: int, factor: int
) -> Family[PurposeT, DrawnT]:
    round_number, place = divmod(person, len(families))
    order = np.random.default_rng([factor, seed, round_number]).permutation(len(families))
    return families[int(order[place])]
