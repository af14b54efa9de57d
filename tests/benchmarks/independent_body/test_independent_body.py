"""Is the independent body one: gravity, dynamics and the angles that mechanics gives."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest


def _bridge(poser: Any) -> Any:
    from performance import Performer, Plan
    from repertoire import repertoire
    from tempo import Style

    plan = Plan("glute_bridge", 2, 1.2, 0.5, 1.0, is_held=False)
    style = Style("quintic", 0.2, 1.3, 0.05)
    performer = Performer(poser, style, np.random.default_rng(3))
    return performer.perform(repertoire(poser, "glute_bridge"), plan)


def _sagittal_deg(poser: Any, exercise: str, *phases: float) -> list[float]:
    from movement import sagittal_deg
    from repertoire import repertoire

    movement = repertoire(poser, exercise).movements[0]
    return [sagittal_deg(poser, movement.qpos(phase)) for phase in phases]


def test_a_body_at_rest_feels_one_g_and_no_rate(poser: Any) -> None:
    from sensor import ideal_readings

    timeline = _bridge(poser)
    acc_g, gyro_dps = ideal_readings(poser.body, timeline.qpos, np.array([1.0, 5.0]))
    assert np.linalg.norm(acc_g, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert np.degrees(np.arctan2(acc_g[:, 2], acc_g[:, 0])) == pytest.approx(8.0, abs=0.1)
    assert gyro_dps == pytest.approx(0.0, abs=1e-6)


def test_the_accelerometer_agrees_with_second_differences_of_its_place(poser: Any) -> None:
    from sensor import G_MS2, ideal_readings
    from unrest import Unrest

    timeline = _bridge(poser)
    unrest = Unrest(timeline.levels, np.random.default_rng(5))
    times_s, step_s = np.arange(11.0, timeline.end_s - 1.0, 0.37), 5e-4

    def pose(time_s: float) -> Any:
        return unrest.moved(timeline.qpos(time_s), time_s)

    acc_g, _ = ideal_readings(poser.body, pose, times_s)
    for time_s, felt_g in zip(times_s, acc_g, strict=True):
        places = [poser.place_m(pose(time_s + k * step_s), "l5") for k in (-1, 1, 0)]
        world_ms2 = (places[0] + places[1] - 2.0 * places[2]) / step_s**2 + [0.0, 0.0, G_MS2]
        axes = poser.body.data.site_xmat[poser.body.site("l5")].reshape(3, 3)
        assert axes.T @ world_ms2 == pytest.approx(felt_g * G_MS2, abs=1e-4)


def test_a_sag_of_ten_degrees_at_the_hip_turns_l5_by_about_six(poser: Any) -> None:
    pike_deg, straight_deg, sag_deg = _sagittal_deg(poser, "forearm_plank", -1.0, 0.0, 1.0)
    assert 78.0 < straight_deg < 92.0
    assert 4.0 < straight_deg - sag_deg < 8.0
    assert 4.0 < pike_deg - straight_deg < 8.0


def test_bridge_tilt_and_knees_to_chest_turn_l5_the_same_way(poser: Any) -> None:
    for exercise, low_deg, high_deg in (
        ("glute_bridge", 10.0, 30.0),
        ("pelvic_tilt", 9.0, 13.0),
        ("knees_to_chest", 12.0, 20.0),
    ):
        base_deg, far_deg = _sagittal_deg(poser, exercise, 0.0, 1.0)
        assert -104.0 < base_deg < -84.0
        assert low_deg < base_deg - far_deg < high_deg


def test_only_the_bridge_lifts_the_pelvis(poser: Any) -> None:
    from repertoire import repertoire

    def lift_m(exercise: str) -> float:
        movement = repertoire(poser, exercise).movements[0]
        low, high = (poser.place_m(movement.qpos(phase), "l5")[2] for phase in (0.0, 1.0))
        return float(high - low)

    assert lift_m("glute_bridge") > 0.12
    assert abs(lift_m("pelvic_tilt")) < 0.04


def test_cat_cow_and_hinge_turn_l5_far(poser: Any) -> None:
    arched_deg, rounded_deg = _sagittal_deg(poser, "cat_cow", 0.0, 1.0)
    assert 18.0 < arched_deg - rounded_deg < 35.0
    standing_deg, bent_deg = _sagittal_deg(poser, "modified_deadlift", 0.0, 1.0)
    assert standing_deg == pytest.approx(8.0, abs=0.5)
    assert bent_deg == pytest.approx(65.0, abs=1.5)


def test_sitting_down_passes_a_bow_and_ends_tipped_backward(poser: Any) -> None:
    from movement import sagittal_deg
    from repertoire import RECIPES

    way = RECIPES["seated_hamstring_stretch"].way(poser)
    standing_deg, bow_deg, sitting_deg = (sagittal_deg(poser, pose) for pose in way)
    assert standing_deg == pytest.approx(8.0, abs=0.5)
    assert bow_deg == pytest.approx(35.0, abs=1.5)
    assert -20.0 < sitting_deg < -5.0


def test_what_a_body_cannot_reach_is_refused(poser: Any) -> None:
    from movement import CannotDoError
    from repertoire import repertoire

    if poser.body.skeleton.name == "suite_humanoid":  # its hips stop at 110 degrees
        with pytest.raises(CannotDoError, match="a contact is missed by"):
            repertoire(poser, "childs_pose")
    else:
        repertoire(poser, "childs_pose")


def test_truth_has_every_repetition_in_order(poser: Any) -> None:
    from labels import postures, truth_sets

    timeline = _bridge(poser)
    (bridges,) = truth_sets(poser, timeline, "glute_bridge")
    times_s = [rep[key] for rep in bridges["repetitions"] for key in ("start_s", "peak_s", "end_s")]
    assert len(times_s) == 6
    assert times_s == sorted(times_s)
    assert next(each["posture"] for each in postures(poser, timeline)) == "upright"
    assert "supine" in [each["posture"] for each in postures(poser, timeline)]


def test_one_person_drawn_twice_is_the_same(tmp_path: Path) -> None:
    pytest.importorskip("mujoco", reason="the physics engine is not installed: see the README")
    import make_traces

    for name in ("a", "b"):
        person = make_traces.drawn_person(1, 1, seed=2)
        rng = np.random.default_rng(4)
        can = make_traces.repertoire(person.poser, "pelvic_tilt")
        _, plan = next(make_traces.plans("pelvic_tilt", rng))
        timeline = make_traces.recorded(person, can, plan, rng)
        rows = make_traces.samples(person, timeline, rng)[:1500]
        make_traces.write_trace(tmp_path / name, rows)
        document = make_traces.truth(person, timeline, plan, 2, len(rows))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert {each["purpose"] for each in document["families"].values()} == {"reporting"}
    assert len(document["sets"][0]["repetitions"]) == plan.repetitions


def test_no_movement_jumps_between_its_poses(poser: Any) -> None:
    from repertoire import repertoire

    for exercise in ("modified_deadlift", "glute_bridge", "knees_to_chest", "cat_cow", "bird_dog"):
        movement = repertoire(poser, exercise).movements[0]
        place = np.array([poser.place_m(movement.qpos(x), "l5") for x in np.linspace(0.0, 1.0, 41)])
        assert np.abs(np.diff(place, 2, axis=0)).max() < 0.01, exercise
