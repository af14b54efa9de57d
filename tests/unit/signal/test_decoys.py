"""What is no exercise makes no set, and what cannot be seen is unknown."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from lumbar_signal import Analysis, analyze
from lumbar_signal.events import (
    DeviationKind,
    Exercise,
    HoldStarted,
    Posture,
    RepetitionCounted,
)
from signal_traces import G_PER_STEP, Wearer, announced

RATE_HZ = 50.0


def _analyse(samples: NDArray[np.int16]) -> Analysis:
    return analyze(samples, None, sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)


def _everyday() -> dict[str, Wearer]:
    bows = Wearer().stand(5.0).bows(3).stand(5.0)
    shoe = Wearer().walk(10.0).move(1.0, 62.0).rest(4.0).move(1.0, 0.0).walk(10.0)
    lying = Wearer().stand(3.0).lie_down().rest(120.0, breath_deg=1.0)
    prone = Wearer(sagittal_deg=91.0, height_m=0.1).rest(60.0, breath_deg=1.5)
    after = Wearer().stand(5.0).lie_prone(60.0)
    all_fours = Wearer().stand(5.0).move(2.0, 78.0, height_m=0.5).rest(20.0, breath_deg=0.7)
    turning = Wearer().stand(3.0).lie_down().rest(5.0)
    for _ in range(4):
        turning.turn_to_all_fours().lie_prone(4.0)
        turning.move(1.5, -20.0, lateral_deg=80.0).move(1.0, -91.0, lateral_deg=0.0).rest(4.0)
    lean = Wearer().stand(5.0).bows(3).stand(2.0).move(1.5, 28.0).work(20.0)
    lean.move(1.5, 0.0).stand(3.0)
    fidgeting = Wearer().stand(5.0).lie_prone(10.0)
    for at_s in (2.0, 11.0, 15.0):
        fidgeting.tremors.append((fidgeting.now_s + at_s, fidgeting.now_s + at_s + 0.3, 0.05, 0.05))
    fidgeting.rest(30.0, breath_deg=1.0)
    return {
        "standing": Wearer().stand(120.0),
        "walking": Wearer().stand(3.0).walk(120.0).stand(3.0),
        "bows": bows,
        "tying a shoe": shoe,
        "lying supine": lying,
        "lying prone": prone,
        "lying prone after standing": after,
        "waiting on all fours": all_fours,
        "fidgeting while prone": fidgeting,
        "turning over": turning,
        "working at a low table": lean,
    }


EVERYDAY = _everyday()


@pytest.mark.parametrize("name", EVERYDAY)
@pytest.mark.parametrize("noise_g", [0.002, 0.01, 0.02])
def test_everyday_life_is_no_set(name: str, noise_g: float) -> None:
    assert _analyse(EVERYDAY[name].samples(RATE_HZ, noise_g)).sets == ()


def test_what_moves_like_a_bridge_without_lifting_the_pelvis_is_none() -> None:
    tilts = Wearer().stand(4.0).lie_down().rest(3.0)
    tilts.bridges(6, period_s=5.0, range_deg=12.0, lift_m=0.003)
    knees = Wearer().stand(4.0).lie_down().rest(3.0)
    knees.bridges(6, period_s=6.0, range_deg=18.0, lift_m=0.01)
    for wearer in (tilts, knees):
        (found,) = _analyse(wearer.rest(1.0).samples(RATE_HZ)).sets
        assert found.exercise in (Exercise.PELVIC_TILT, Exercise.KNEES_TO_CHEST)
        assert len(found.repetitions) == 6


def test_leaning_without_effort_is_no_wall_plank() -> None:
    wearer = Wearer().stand(5.0).bows(3).stand(2.0).move(1.5, 28.0).rest(20.0, breath_deg=0.4)
    found = _analyse(wearer.move(1.5, 0.0).stand(3.0).samples(RATE_HZ)).sets
    assert Exercise.WALL_PLANK not in {one.exercise for one in found}


def test_up_to_all_fours_and_down_again_is_none_of_the_thirteen() -> None:
    wearer = Wearer(sagittal_deg=92.0, height_m=0.08).rest(3.0)
    for _ in range(4):
        wearer.move(1.5, 74.0, height_m=0.5).rest(1.5).move(1.5, 92.0, height_m=0.08).rest(2.0)
    found = _analyse(wearer.samples(RATE_HZ)).sets
    assert {one.exercise for one in found} <= {Exercise.UNKNOWN}


@pytest.mark.parametrize("level", [0, 32767, -32768])
def test_a_dead_or_clipped_converter_is_an_unknown_posture(level: int) -> None:
    found = _analyse(np.full((3000, 3), level, dtype=np.int16))
    assert [one.posture for one in found.postures] == [Posture.UNKNOWN]
    assert found.sets == ()


def test_hours_of_zeros_in_a_workout_count_nothing() -> None:
    wearer = Wearer().stand(4.0).lie_down().rest(2.0)
    wearer.bridges(3)
    before = wearer.rest(1.0).samples(RATE_HZ)
    told = announced(np.vstack([before, np.zeros((200_000, 3), np.int16), before]))
    counted = [one.at for one in told if isinstance(one, RepetitionCounted | HoldStarted)]
    assert len(counted) == 6
    assert not [at for at in counted if len(before) + 50 < at < len(before) + 200_000]


def test_a_converter_that_clips_gravity_counts_nothing() -> None:
    wearer = Wearer().stand(4.0).lie_down().rest(2.0)
    wearer.bridges(4)
    wide = wearer.samples(RATE_HZ).astype(float) * G_PER_STEP / (0.9 / 32767.0)
    clipped = np.clip(np.round(wide), -32768, 32767).astype(np.int16)
    found = analyze(clipped, None, sampling_rate_hz=RATE_HZ, g_per_step=0.9 / 32767.0)
    assert found.sets == ()
    assert Posture.UNKNOWN in {one.posture for one in found.postures}


def test_white_noise_counts_nothing() -> None:
    noise = np.random.default_rng(5).integers(-32768, 32767, (20_000, 3), dtype=np.int16)
    assert _analyse(noise).sets == ()


def test_a_long_forward_bend_is_sustained_flexion() -> None:
    wearer = Wearer().stand(6.0).move(1.5, 40.0).work(30.0).move(1.5, 0.0).stand(5.0)
    (bend,) = _analyse(wearer.samples(RATE_HZ)).deviations
    assert bend.kind == DeviationKind.SUSTAINED_FLEXION
    assert bend.peak_deg == pytest.approx(43.0, abs=2.0)
    assert bend.end - bend.start == pytest.approx(31.0 * RATE_HZ, abs=1.0 * RATE_HZ)


def test_a_short_forward_bend_is_not_told() -> None:
    wearer = Wearer().stand(6.0).move(1.5, 40.0).rest(10.0).move(1.5, 0.0).stand(5.0)
    assert _analyse(wearer.samples(RATE_HZ)).deviations == ()


def test_slouching_and_leaning_aside_are_told_by_their_names() -> None:
    wearer = Wearer().stand(6.0).move(1.5, -16.0).rest(40.0).move(1.5, 0.0).stand(5.0)
    wearer.move(1.5, lateral_deg=14.0).rest(25.0).move(1.5, lateral_deg=0.0).stand(5.0)
    kinds = [one.kind for one in _analyse(wearer.samples(RATE_HZ)).deviations]
    assert kinds == [DeviationKind.SLOUCH, DeviationKind.LATERAL_LEAN]
