"""Families of placements: belts that are turned, upside down, in front, slipping or soft.

Every range is chosen: up to 20 degrees about each axis, slips of up to 15 degrees, resonances of
4 to 10 Hz.
"""

from __future__ import annotations

import numpy as np

from lumbar_sim.families.family import (
    Development,
    DevelopmentFamily,
    Family,
    Reporting,
    ReportingFamily,
)
from lumbar_sim.families.region import Region
from lumbar_sim.placement import Placement, Site
from lumbar_sim.slip import AXES, Slip
from lumbar_sim.wobble import Wobble

_FIRM: dict[str, tuple[float, float]] = {
    "upside_down": (0.0, 0.0),
    "front": (0.0, 0.0),
    "slip_deg": (0.0, 0.0),
    "wobble_hz": (0.0, 0.0),
}


def quantities(placement: Placement) -> dict[str, float]:
    """Return what tells the families apart; the largest tilt and the largest slip in degrees."""
    return {
        "tilt_deg": max(abs(tilt_deg) for tilt_deg in placement.tilts_deg),
        "upside_down": float(placement.upside_down),
        "front": float(placement.site is Site.FRONT),
        "slip_deg": max((abs(slip.angle_deg) for slip in placement.slips), default=0.0),
        "wobble_hz": placement.wobble.frequency_hz if placement.wobble else 0.0,
    }


def _region(tilt_deg: tuple[float, float], **own: tuple[float, float]) -> Region:
    return Region({**_FIRM, "tilt_deg": tilt_deg, **own})


def _tilts_deg(
    rng: np.random.Generator, largest_deg: tuple[float, float]
) -> tuple[float, float, float]:
    """Return three tilts, one of which, any one, has the largest size."""
    largest = rng.uniform(*largest_deg)
    tilts = rng.uniform(-largest, largest, 3)
    tilts[rng.integers(3)] = largest * rng.choice([-1.0, 1.0])
    x, y, z = tilts
    return float(x), float(y), float(z)


def _slips(
    rng: np.random.Generator, angle_deg: tuple[float, float], takes_s: tuple[float, float]
) -> tuple[Slip, ...]:
    """Return one or two slips in the middle of the recording."""
    return tuple(
        Slip(
            at_fraction=float(rng.uniform(0.15, 0.85)),
            angle_deg=float(rng.uniform(*angle_deg) * rng.choice([-1.0, 1.0])),
            axis=AXES[rng.integers(3)],
            takes_s=float(rng.uniform(*takes_s)),
        )
        for _ in range(rng.integers(1, 3))
    )


def _worn_level(rng: np.random.Generator) -> Placement:
    return Placement(*_tilts_deg(rng, (0.0, 6.0)))


def _worn_turned(rng: np.random.Generator) -> Placement:
    return Placement(*_tilts_deg(rng, (7.0, 12.0)))


def _worn_upside_down(rng: np.random.Generator) -> Placement:
    return Placement(*_tilts_deg(rng, (0.0, 9.0)), upside_down=True)


def _worn_creeping(rng: np.random.Generator) -> Placement:
    return Placement(*_tilts_deg(rng, (0.0, 8.0)), slips=_slips(rng, (2.0, 6.0), (20.0, 90.0)))


def _worn_padded(rng: np.random.Generator) -> Placement:
    wobble = Wobble(float(rng.uniform(7.5, 10.0)), float(rng.uniform(0.3, 0.5)))
    return Placement(*_tilts_deg(rng, (0.0, 8.0)), wobble=wobble)


def _worn_askew(rng: np.random.Generator) -> Placement:
    return Placement(*_tilts_deg(rng, (13.0, 20.0)))


def _worn_upside_down_askew(rng: np.random.Generator) -> Placement:
    return Placement(*_tilts_deg(rng, (11.0, 20.0)), upside_down=True)


def _worn_in_front(rng: np.random.Generator) -> Placement:
    tilts_deg = _tilts_deg(rng, (3.0, 15.0))
    return Placement(*tilts_deg, upside_down=bool(rng.random() < 0.25), site=Site.FRONT)


def _worn_slipping(rng: np.random.Generator) -> Placement:
    return Placement(*_tilts_deg(rng, (0.0, 12.0)), slips=_slips(rng, (7.0, 15.0), (0.3, 8.0)))


def _worn_loose(rng: np.random.Generator) -> Placement:
    wobble = Wobble(float(rng.uniform(4.0, 7.0)), float(rng.uniform(0.08, 0.25)))
    return Placement(*_tilts_deg(rng, (2.0, 16.0)), wobble=wobble)


DEVELOPMENT_PLACEMENTS: tuple[DevelopmentFamily[Placement], ...] = (
    Family("belt_level", Development, _region((0.0, 6.0)), quantities, _worn_level),
    Family("belt_turned", Development, _region((7.0, 12.0)), quantities, _worn_turned),
    Family(
        "belt_upside_down",
        Development,
        _region((0.0, 9.0), upside_down=(1.0, 1.0)),
        quantities,
        _worn_upside_down,
    ),
    Family(
        "belt_creeping",
        Development,
        _region((0.0, 8.0), slip_deg=(2.0, 6.0)),
        quantities,
        _worn_creeping,
    ),
    Family(
        "belt_padded",
        Development,
        _region((0.0, 8.0), wobble_hz=(7.5, 10.0)),
        quantities,
        _worn_padded,
    ),
)
REPORTING_PLACEMENTS: tuple[ReportingFamily[Placement], ...] = (
    Family("belt_askew", Reporting, _region((13.0, 20.0)), quantities, _worn_askew),
    Family(
        "belt_upside_down_askew",
        Reporting,
        _region((11.0, 20.0), upside_down=(1.0, 1.0)),
        quantities,
        _worn_upside_down_askew,
    ),
    Family(
        "waistband_front",
        Reporting,
        _region((3.0, 15.0), front=(1.0, 1.0), upside_down=(0.0, 1.0)),
        quantities,
        _worn_in_front,
    ),
    Family(
        "belt_slipping",
        Reporting,
        _region((0.0, 12.0), slip_deg=(7.0, 15.0)),
        quantities,
        _worn_slipping,
    ),
    Family(
        "loose_pocket",
        Reporting,
        _region((2.0, 16.0), wobble_hz=(4.0, 7.0)),
        quantities,
        _worn_loose,
    ),
)
