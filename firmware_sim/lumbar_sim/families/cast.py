"""Four families of one purpose, one a factor, and the persons drawn from them."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Generic

import numpy as np

from lumbar_sim.families.family import (
    AnyFamily,
    Family,
    FamilyError,
    PurposeT,
    Reporting,
)
from lumbar_sim.families.hardware import Hardware
from lumbar_sim.families.traits import Traits
from lumbar_sim.imu import Imu
from lumbar_sim.placement import Placement
from lumbar_sim.wearer import Wearer

FACTORS = ("body", "style", "placement", "hardware")


@dataclass(frozen=True, slots=True)
class Cast(Generic[PurposeT]):
    """One family for each factor.

    Raises
    ------
    FamilyError
        Where development and reporting are mixed; mypy refuses it as well.
    """

    body: Family[PurposeT, Traits]
    style: Family[PurposeT, Traits]
    placement: Family[PurposeT, Placement]
    hardware: Family[PurposeT, Hardware]

    def __post_init__(self) -> None:
        purposes = {family.purpose for family in self.families.values()}
        if len(purposes) > 1:
            told = ", ".join(
                f"{factor} {family.name} is for {family.purpose.word}"
                for factor, family in self.families.items()
            )
            raise FamilyError(f"{told}: choose four families of one purpose")

    @property
    def families(self) -> dict[str, AnyFamily[Any]]:
        """The families by factor."""
        return {factor: getattr(self, factor) for factor in FACTORS}

    def to_dict(self) -> dict[str, dict[str, str]]:
        """Return name and purpose by factor, as in ``lumbar.truth/1``."""
        return {
            factor: {"name": family.name, "purpose": family.purpose.word}
            for factor, family in self.families.items()
        }


@dataclass(frozen=True, slots=True)
class Subject(Generic[PurposeT]):
    """One simulated person with one sensor put on; the cast says what figures it may be in.

    ``body_id`` names the person: body and style, whatever is worn and done.
    """

    cast: Cast[PurposeT]
    body_id: str
    wearer: Wearer
    placement: Placement
    imu: Imu
    sampling_rate_hz: float


def assemble(cast: Cast[PurposeT], seed: int, person: int) -> Subject[PurposeT]:
    """Return a person of the cast with a sensor put on.

    The same seed, number and family give the same body, whatever the other families; so do
    style, placement and hardware.
    """
    hardware = cast.hardware.draw(_rng(cast.hardware, seed, person))
    body, style = (f.draw(_rng(f, seed, person)) for f in (cast.body, cast.style))
    return Subject(
        cast=cast,
        body_id=f"{cast.body.name}/{cast.style.name}/{seed}-{person:04d}",
        wearer=Wearer(**body, **style),
        placement=cast.placement.draw(_rng(cast.placement, seed, person)),
        imu=hardware.imu,
        sampling_rate_hz=hardware.sampling_rate_hz,
    )


def for_report(casts: Iterable[Cast[Reporting]]) -> tuple[Cast[Reporting], ...]:
    """Return the casts if figures of them may be reported.

    Raises
    ------
    FamilyError
        Where a family is not for reporting; mypy refuses it as well.
    """
    kept = tuple(casts)
    for cast in kept:
        for factor, family in cast.families.items():
            if family.purpose is not Reporting:
                raise FamilyError(
                    f"{factor} {family.name} is for {family.purpose.word}: "
                    "a report takes reporting families only"
                )
    return kept


def _rng(family: AnyFamily[Any], seed: int, person: int) -> np.random.Generator:
    return np.random.default_rng([zlib.crc32(family.name.encode()), seed, person])
