"""How the sensor is worn is found from standing, walking and bending, and found again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lumbar_signal import Analysis, analyze
from lumbar_signal.events import Exercise, Posture
from signal_traces import G_PER_STEP, Wearer, mount_axes

RATE_HZ = 50.0
Mount = tuple[float, float, float]

MOUNTS: dict[str, Mount] = {
    "level": (0.0, 0.0, 0.0),
    "about_x": (20.0, 0.0, 0.0),
    "about_x_back": (-20.0, 0.0, 0.0),
    "about_y": (0.0, 20.0, 0.0),
    "about_y_back": (0.0, -20.0, 0.0),
    "about_z": (0.0, 0.0, 20.0),
    "about_z_back": (0.0, 0.0, -20.0),
    "upside_down": (10.0, -10.0, 180.0),
    "in_front": (170.0, 8.0, -8.0),
    "in_front_upside_down": (190.0, 5.0, 175.0),
}


def _analyse(samples: NDArray[np.int16]) -> Analysis:
    return analyze(samples, None, sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)


def _error_deg(analysis: Analysis, mount: Mount) -> tuple[float, float]:
    """Return by how much the found x and z differ from the true ones."""
    axes = mount_axes(mount)
    found = np.array([analysis.calibration.x, analysis.calibration.z])
    cosines = np.sum(found * axes[[0, 2]], axis=1)
    x_deg, z_deg = np.degrees(np.arccos(np.clip(cosines, -1.0, 1.0)))
    return float(x_deg), float(z_deg)


def _lying_down() -> Wearer:
    """Return one who stood and bowed, then lies on the back and on the front."""
    return Wearer().stand(5.0).bows(3).stand(3.0).lie_down().rest(8.0).move(2.0, 90.0).rest(8.0)


def _walking(seconds: float = 12.0) -> Wearer:
    return Wearer().stand(5.0).walk(seconds).stand(5.0)


def _slipped(wearer: Wearer, at_s: float, slip: Mount) -> NDArray[np.int16]:
    """Return samples of a sensor that turns on the body at once."""
    at = int(at_s * RATE_HZ)
    before, after = wearer.samples(RATE_HZ), wearer.samples(RATE_HZ, mount_deg=slip)
    return np.concatenate([before[:at], after[at:]])


@pytest.mark.parametrize("mount", MOUNTS.values(), ids=MOUNTS.keys())
def test_standing_and_three_bows_show_the_axes(mount: Mount) -> None:
    analysis = _analyse(_lying_down().samples(RATE_HZ, mount_deg=mount))
    x_deg, z_deg = _error_deg(analysis, mount)
    assert analysis.calibration.source == "bows"
    assert x_deg < 1.0
    assert z_deg < 3.0
    assert not analysis.calibration.moved


@pytest.mark.parametrize("depth_deg", [22.0, 75.0])
def test_a_stiff_and_a_supple_back_bow_as_well(depth_deg: float) -> None:
    mount = MOUNTS["in_front"]
    wearer = Wearer().stand(5.0).bows(3, depth_deg=depth_deg).stand(2.0)
    assert _error_deg(_analyse(wearer.samples(RATE_HZ, mount_deg=mount)), mount)[1] < 5.0


@pytest.mark.parametrize("mount", MOUNTS.values(), ids=MOUNTS.keys())
def test_postures_do_not_depend_on_the_mount(mount: Mount) -> None:
    analysis = _analyse(_lying_down().samples(RATE_HZ, mount_deg=mount))
    lasting = [one.posture for one in analysis.postures if one.end - one.start > 5.0 * RATE_HZ]
    assert lasting[-2:] == [Posture.SUPINE, Posture.PRONE]


@settings(max_examples=15)
@given(
    mount=st.tuples(*[st.floats(-20.0, 20.0)] * 3),
    half_turn=st.sampled_from([(0.0, 0.0), (180.0, 0.0), (0.0, 180.0)]),
)
def test_no_mount_turns_the_body_by_more_than_3_degrees(
    mount: Mount, half_turn: tuple[float, float]
) -> None:
    worn = (mount[0] + half_turn[0], mount[1], mount[2] + half_turn[1])
    samples = Wearer().stand(5.0).bows(3).stand(2.0).samples(RATE_HZ, mount_deg=worn)
    assert max(_error_deg(_analyse(samples), worn)) < 3.0


@pytest.mark.parametrize("mount", [(0.0, 0.0, 0.0), (10.0, -15.0, 12.0), (5.0, 5.0, 185.0)])
def test_walking_and_standing_show_the_vertical_when_nobody_calibrates(mount: Mount) -> None:
    analysis = _analyse(_walking().samples(RATE_HZ, mount_deg=mount))
    assert analysis.calibration.source in ("standing", "walking")
    assert _error_deg(analysis, mount)[0] < 1.0


def test_someone_who_reclined_first_is_found_upright_by_walking() -> None:
    wearer = Wearer(sagittal_deg=-20.0).rest(10.0).move(1.0, 25.0).move(1.0, 0.0)
    wearer.stand(1.0).walk(12.0).stand(5.0)
    analysis = _analyse(wearer.samples(RATE_HZ))
    assert _error_deg(analysis, (0.0, 0.0, 0.0))[0] < 1.0
    assert not analysis.calibration.moved


def test_the_first_walk_after_sitting_brings_x_half_way() -> None:
    """A pelvis rolls back by 10 degrees in sitting; who climbs stairs leans forward by as much."""
    wearer = Wearer(sagittal_deg=-10.0, height_m=0.5).rest(5.0)
    wearer.move(1.0, 20.0).move(1.0, 0.0, height_m=1.0).walk(6.5)
    analysis = _analyse(wearer.samples(RATE_HZ))
    assert _error_deg(analysis, (0.0, 0.0, 0.0))[0] == pytest.approx(5.0, abs=1.5)


def test_someone_who_reclined_first_is_found_upright_by_bows() -> None:
    wearer = Wearer(sagittal_deg=-20.0).rest(10.0).move(1.0, 25.0).move(1.0, 0.0)
    wearer.stand(5.0).bows(3).stand(3.0)
    analysis = _analyse(wearer.samples(RATE_HZ))
    assert max(_error_deg(analysis, (0.0, 0.0, 0.0))) < 3.0
    assert not analysis.calibration.moved


def test_lying_first_waits_for_standing() -> None:
    wearer = Wearer(sagittal_deg=-92.0).rest(10.0).move(2.0, 30.0).move(1.0, 0.0).stand(5.0)
    mount = (0.0, 15.0, 0.0)
    analysis = _analyse(wearer.samples(RATE_HZ, mount_deg=mount))
    assert _error_deg(analysis, mount)[0] < 1.0


@pytest.mark.parametrize("slip", [(0.0, 12.0, 0.0), (0.0, -12.0, 0.0), (0.0, 0.0, 9.0)])
def test_a_slip_is_told_within_one_walk_and_corrected(slip: Mount) -> None:
    wearer = _walking().stand(10.0)
    at_s = wearer.now_s - 5.0
    analysis = _analyse(_slipped(wearer.walk(14.0).stand(5.0), at_s, slip))
    assert analysis.calibration.moved
    assert _error_deg(analysis, slip)[0] < 1.5


def test_sitting_stooping_and_walking_about_is_no_slip() -> None:
    wearer = _walking()
    for _ in range(6):
        wearer.move(0.8, 35.0).move(0.8, -9.0).rest(20.0).move(0.8, 35.0).move(0.8, 0.0)
        wearer.walk(12.0).move(1.0, 50.0).rest(0.5).move(1.0, 0.0).walk(7.0)
        wearer.move(0.6, 10.0).walk(8.0).move(0.6, 0.0).stand(6.0)  # up the stairs
    analysis = _analyse(wearer.samples(RATE_HZ))
    assert not analysis.calibration.moved
    assert _error_deg(analysis, (0.0, 0.0, 0.0))[0] < 1.0


def test_leaning_back_in_a_seat_does_not_swap_front_and_back() -> None:
    wearer = Wearer().stand(5.0).bows(3).stand(2.0).move(1.0, 35.0).move(1.0, -15.0)
    for _ in range(8):
        wearer.move(1.5, -42.0).rest(1.0).move(1.5, -6.0).rest(1.0)
    analysis = _analyse(wearer.samples(RATE_HZ))
    assert _error_deg(analysis, (0.0, 0.0, 0.0))[1] < 3.0


def _latest_posture(wearer: Wearer, mount: Mount) -> Posture:
    return _analyse(wearer.samples(RATE_HZ, mount_deg=mount)).postures[-1].posture


@pytest.mark.parametrize("mount", ["level", "in_front", "in_front_upside_down"])
def test_two_ways_down_to_the_floor_show_the_front(mount: str) -> None:
    lies = Wearer().stand(5.0).get_down().stand_up().stand(5.0).get_down()
    lies.move(1.0, 10.0, 75.0, 0.1).move(1.0, -92.0, 0.0).rest(5.0)
    assert _latest_posture(lies, MOUNTS[mount]) == Posture.SUPINE


def test_leaning_back_once_on_the_way_down_turns_nothing_round() -> None:
    """As who squats upright, drops onto the seat of the trousers, and lies back."""
    lies = Wearer().stand(5.0).move(1.2, -25.0, height_m=0.2).move(1.2, -92.0, height_m=0.1)
    assert _latest_posture(lies.rest(5.0), MOUNTS["level"]) == Posture.SUPINE


@pytest.mark.parametrize("mount", ["level", "in_front", "in_front_upside_down"])
def test_the_way_into_a_low_seat_shows_the_front(mount: str) -> None:
    """By 22 degrees: less than a lean that shows it by itself."""
    sits = Wearer().stand(5.0).move(0.8, 22.0, height_m=0.7).move(0.8, 4.0, height_m=0.3)
    assert _latest_posture(sits.rest(5.0).move(1.5, 40.0).rest(5.0), MOUNTS[mount]) == (
        Posture.LEANING_FORWARD
    )


def test_lying_back_from_sitting_on_the_floor_is_no_way_down() -> None:
    lies = Wearer(height_m=0.1).rest(5.0).move(1.8, -92.0).rest(5.0)
    assert _latest_posture(lies, MOUNTS["level"]) == Posture.SUPINE


def test_rests_in_several_directions_take_a_sensor_error_off() -> None:
    """Gains off by up to 4 %, offsets of up to 50 mg: x would lie 2.9 degrees off."""
    wearer = Wearer().stand(5.0).bows(3).stand(10.0)
    for sagittal_deg, lateral_deg in ((-92.0, 0.0), (90.0, 0.0), (0.0, 85.0), (0.0, -85.0)):
        wearer.move(2.0, sagittal_deg, lateral_deg).rest(40.0)
    counts = wearer.samples(RATE_HZ).astype(float)
    gain, offset = np.array([1.03, 0.97, 1.02]), np.array([0.02, -0.04, 0.05]) / G_PER_STEP
    analysis = _analyse(np.round(counts * gain + offset).astype(np.int16))
    assert _error_deg(analysis, (0.0, 0.0, 0.0))[0] < 1.0


@pytest.mark.parametrize("mount", [(180.0, 0.0, 0.0), (0.0, 0.0, 180.0), (180.0, 0.0, 180.0)])
def test_the_way_to_the_floor_after_a_walk_tells_front_from_back(mount: Mount) -> None:
    """Nobody bowed: who gets down on hands and knees, then lies on the back, leant forward."""
    wearer = Wearer().stand(4.0).walk(12.0).move(1.5, 80.0).rest(8.0)
    wearer.move(1.0, 60.0, 60.0).move(1.5, -95.0, 0.0).rest(12.0)
    analysis = _analyse(wearer.samples(RATE_HZ, mount_deg=mount))
    told = [one.posture for one in analysis.postures]
    assert told[-1] is Posture.SUPINE
    assert Posture.PRONE in told


def test_lying_back_from_a_seat_does_not_swap_front_and_back() -> None:
    wearer = Wearer().stand(4.0).walk(12.0).move(0.8, 22.0).move(0.8, -6.0).rest(5.0)
    wearer.move(2.0, -95.0).rest(12.0)
    analysis = _analyse(wearer.samples(RATE_HZ))
    assert analysis.postures[-1].posture is Posture.SUPINE


def _bridges_before_the_first_bow() -> Wearer:
    """Return one who has done five bridges before anything showed which side is the front."""
    wearer = Wearer(sagittal_deg=-92.0, height_m=0.1).rest(3.0)
    wearer.bridges(5)
    return wearer.rest(2.0).stand_up().stand(5.0).bows(3).stand(3.0)


def test_a_recording_is_looked_at_again_once_the_sensor_turns_out_to_be_in_front() -> None:
    samples = _bridges_before_the_first_bow().samples(RATE_HZ, mount_deg=(180.0, 0.0, 0.0))
    analysis = _analyse(samples)
    assert [(one.exercise, len(one.repetitions)) for one in analysis.sets] == [
        (Exercise.GLUTE_BRIDGE, 5)
    ]
    assert analysis.postures[0].posture is Posture.SUPINE
