"""Families: apart from each other, drawn within their regions, never mixed."""

from dataclasses import fields, replace
from itertools import product

import numpy as np
import pytest

from lumbar_sim.activities import (
    CatCow,
    ForearmPlank,
    GluteBridge,
    HoldDeviation,
    ModifiedDeadlift,
    Rest,
)
from lumbar_sim.body import Stance
from lumbar_sim.families.cast import FACTORS, Cast, assemble, for_report
from lumbar_sim.families.catalogue import (
    DEVELOPMENT,
    REPORTING,
    catalogue_named,
    purposes_of,
)
from lumbar_sim.families.family import Development, FamilyError, Reporting
from lumbar_sim.families.region import Region
from lumbar_sim.programme import Programme
from lumbar_sim.truth import DeviationKind
from lumbar_sim.wearer import LIMITS, Wearer

DRAWS = 200


def draws(family):
    return [family.draw(np.random.default_rng([5, i])) for i in range(DRAWS)]


def all_families():
    return [
        family
        for catalogue, factor in product((DEVELOPMENT, REPORTING), FACTORS)
        for family in getattr(catalogue, factor)
    ]


@pytest.mark.parametrize("family", all_families(), ids=lambda family: family.name)
def test_every_draw_lies_in_its_family_s_region(family) -> None:
    assert all(family.contains(drawn) for drawn in draws(family))


@pytest.mark.parametrize("factor", FACTORS)
def test_no_reporting_draw_falls_into_a_development_region(factor: str) -> None:
    for reporting in getattr(REPORTING, factor):
        drawn = draws(reporting)
        for development in getattr(DEVELOPMENT, factor):
            assert not any(development.contains(each) for each in drawn)


@pytest.mark.parametrize("factor", FACTORS)
def test_some_quantity_tells_every_reporting_region_from_every_development_region(
    factor: str,
) -> None:
    for reporting, development in product(getattr(REPORTING, factor), getattr(DEVELOPMENT, factor)):
        assert reporting.region.telling(development.region), (reporting.name, development.name)


def test_each_factor_has_several_families_of_either_purpose_and_names_are_unique() -> None:
    names = [family.name for family in all_families()]
    assert len(names) == len(set(names))
    for catalogue, purpose in ((DEVELOPMENT, Development), (REPORTING, Reporting)):
        for factor in FACTORS:
            families = getattr(catalogue, factor)
            assert len(families) >= 3
            assert {family.purpose for family in families} == {purpose}


def test_the_same_body_wears_other_things_and_keeps_its_name() -> None:
    one = assemble(Cast(*first(REPORTING)), seed=3, person=7)
    body, style, _, hardware = first(REPORTING)
    other = assemble(Cast(body, style, REPORTING.placement[2], hardware), seed=3, person=7)
    assert one.wearer == other.wearer
    assert one.imu == other.imu
    assert one.body_id == other.body_id == "long_trunk/tiring/3-0007"
    assert one.placement != other.placement
    assert one.wearer != assemble(Cast(*first(REPORTING)), seed=3, person=8).wearer


def test_a_purpose_s_families_take_turns() -> None:
    n = len(REPORTING.style)
    seen = [REPORTING.cast(seed=1, person=person).style.name for person in range(3 * n)]
    for begin in (0, n, 2 * n):
        assert set(seen[begin : begin + n]) == {family.name for family in REPORTING.style}
    assert seen != [REPORTING.cast(seed=2, person=person).style.name for person in range(3 * n)]


def test_mixing_purposes_is_refused_in_one_line() -> None:
    body, style, placement, _ = first(REPORTING)
    with pytest.raises(FamilyError, match="hardware usual is for development: choose four") as told:
        Cast(body, style, placement, DEVELOPMENT.hardware[0])
    assert "\n" not in str(told.value)


def test_a_report_refuses_development_families() -> None:
    allowed = [REPORTING.cast(1, person) for person in range(3)]
    assert for_report(allowed) == tuple(allowed)
    with pytest.raises(FamilyError, match="a report takes reporting families only"):
        for_report([*allowed, DEVELOPMENT.cast(1, 0)])


def test_named_families_are_taken_and_the_other_factors_vary() -> None:
    limited = REPORTING.limited_to(["loose_pocket"])
    casts = [limited.cast(1, person) for person in range(8)]
    assert {cast.placement.name for cast in casts} == {"loose_pocket"}
    assert len({cast.body.name for cast in casts}) == len(REPORTING.body)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: REPORTING.limited_to(["giant"]), "family is 'giant': choose average, "),
        (
            lambda: REPORTING.limited_to(["average"]),
            "family average is for development: choose long_trunk, ",
        ),
        (lambda: purposes_of(["nobody"]), "family is 'nobody': choose "),
        (
            lambda: catalogue_named("fun"),
            "purpose is 'fun': choose development or reporting",
        ),
    ],
)
def test_an_unknown_family_is_refused_by_name(call, message: str) -> None:
    with pytest.raises(FamilyError, match=message):
        call()


def test_the_truth_s_names_are_those_of_the_families() -> None:
    assert Cast(*first(DEVELOPMENT)).to_dict() == {
        "body": {"name": "average", "purpose": "development"},
        "style": {"name": "even", "purpose": "development"},
        "placement": {"name": "belt_level", "purpose": "development"},
        "hardware": {"name": "usual", "purpose": "development"},
    }


def test_regions_touching_at_a_point_are_not_apart() -> None:
    low, high = Region({"a": (0.0, 1.0), "b": (0.0, 9.0)}), Region({"a": (1.0, 2.0)})
    assert low.telling(high) == frozenset()
    assert low.telling(Region({"a": (1.1, 2.0)})) == {"a"}
    assert low.contains({"a": 0.5, "b": 3.0, "c": 99.0})
    assert not low.contains({"a": 0.5, "b": 9.1})


@pytest.mark.parametrize(
    ("parameter", "value", "allowed"),
    [
        ("trunk_scale", 2.0, "0.85 to 1.15"),
        ("fatigue", -0.1, "0 to 0.5"),
        ("hesitation_probability", 1.0, "0 to 0.5"),
        ("lumbar_share", float("nan"), "0 to 0.9"),
    ],
)
def test_an_impossible_wearer_is_refused_by_name(parameter, value, allowed) -> None:
    with pytest.raises(ValueError, match=f"^{parameter} is .*: choose {allowed}$"):
        Wearer(**{parameter: value})


def first(catalogue):
    return tuple(getattr(catalogue, factor)[0] for factor in FACTORS)


EVERYTHING = Programme(
    (
        Rest(Stance.STANDING, 2.0),
        GluteBridge(6),
        ForearmPlank(9.0, (HoldDeviation(DeviationKind.SAG, 2.0, 12.0, stay_s=1.0),)),
        CatCow(2),
        ModifiedDeadlift(2),
    )
)


def motion_of(wearer: Wearer) -> bytes:
    performance = EVERYTHING.perform(wearer, np.random.default_rng(6))
    quaternion, position_m = performance.finish().at(np.arange(0.0, performance.now_s, 0.05))
    return quaternion.tobytes() + position_m.tobytes()


@pytest.mark.parametrize("parameter", [field.name for field in fields(Wearer)])
def test_every_parameter_of_a_wearer_changes_the_motion(parameter: str) -> None:
    usual, highest = Wearer(), LIMITS[parameter][1]
    changed = replace(usual, **{parameter: 0.5 * (getattr(usual, parameter) + highest)})
    assert motion_of(changed) != motion_of(usual)
