"""Programmes by name: what they hold and how long they take."""

import numpy as np
import pytest

from lumbar_sim import rotation
from lumbar_sim.activities.catalogue import EXERCISES, FOREIGN
from lumbar_sim.body import Stance
from lumbar_sim.labelling import label
from lumbar_sim.motion import Motion, angular_velocity_dps, specific_force_g
from lumbar_sim.named_programmes import PROGRAMMES, programme_named
from lumbar_sim.truth import Truth
from lumbar_sim.wearer import Wearer


def performed(name: str, minutes: float, seed: int = 1) -> tuple[Motion, Truth, float]:
    rng = np.random.default_rng(seed)
    performance = programme_named(name, rng, minutes).perform(Wearer(), rng)
    motion, end_s = performance.finish(), performance.now_s
    standing = performance.body.pose(Stance.STANDING)
    return motion, label(motion, performance.sets, end_s, performance.everyday, standing), end_s


@pytest.mark.parametrize("minutes", [5.0, 40.0])
@pytest.mark.parametrize("name", PROGRAMMES)
def test_a_programme_takes_about_its_time(name: str, minutes: float) -> None:
    _, _, end_s = performed(name, minutes)
    assert end_s == pytest.approx(60.0 * minutes, rel=0.08, abs=15.0)


def test_a_back_programme_holds_many_exercises_with_rests() -> None:
    _, truth, _ = performed("back_programme", 40.0)
    names = {each.exercise.value for each in truth.sets}
    assert names <= set(EXERCISES)
    assert len(names) >= 9
    for before, after in zip(truth.sets[:-1], truth.sets[1:], strict=True):
        assert before.end_s < after.start_s
        same = before.exercise is after.exercise
        assert not same or after.start_s - before.end_s > 20.0


def test_a_foreign_programme_holds_nothing_of_ours() -> None:
    _, truth, _ = performed("foreign", 20.0)
    assert {each.exercise.value for each in truth.sets} == {"unknown"}
    assert {each.kind for each in truth.sets} == set(FOREIGN)


def test_everyday_life_holds_no_set_and_is_told_throughout() -> None:
    _, truth, end_s = performed("everyday_hour", 60.0)
    assert truth.sets == ()
    kinds = {each.kind for each in truth.everyday}
    assert {"walking", "sitting", "standing"} <= kinds
    assert len(kinds) >= 8
    told_s = sum(each.end_s - each.start_s for each in truth.everyday)
    assert told_s == pytest.approx(end_s, rel=0.02)


@pytest.mark.parametrize("name", PROGRAMMES)
def test_getting_about_is_human_too(name: str) -> None:
    motion, _, end_s = performed(name, 6.0)
    step_s = 0.0025
    t_s = np.arange(0.0, end_s, step_s)
    quaternion, position_m = motion.at(t_s)
    force_g = np.linalg.norm(specific_force_g(quaternion, position_m, step_s), axis=1)
    turning_dps = np.linalg.norm(angular_velocity_dps(quaternion, step_s), axis=1)
    assert force_g.max() < (3.5 if name == "foreign" else 2.1)
    assert turning_dps.max() < 260.0
    up = rotation.rotate(rotation.conjugate(quaternion), rotation.UP)
    np.testing.assert_allclose(np.linalg.norm(up, axis=1), 1.0, atol=1e-9)


def test_the_same_seed_gives_the_same_programme() -> None:
    one, again = (programme_named("back_programme", np.random.default_rng(4), 10.0) for _ in "ab")
    assert one == again


@pytest.mark.parametrize(
    ("name", "minutes", "message"),
    [
        ("yoga", 10.0, "no programme 'yoga': choose demo, back_programme, everyday_hour, foreign"),
        ("foreign", 0.5, "duration_min is 0.5: choose 2 to 1440"),
        ("demo", 0.5, "duration_s is 30: choose 58 to 86400"),
    ],
)
def test_what_cannot_be_done_is_refused(name: str, minutes: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        programme_named(name, np.random.default_rng(0), minutes)
