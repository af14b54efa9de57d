"""Missing samples: bridged up to 5 s, a new segment beyond; never a repetition across."""

from __future__ import annotations

import numpy as np
import pytest

from lumbar_signal import Analysis, analyze
from lumbar_signal.detector import Detector
from lumbar_signal.events import Exercise, SegmentStarted
from signal_traces import G_PER_STEP, Wearer

RATE_HZ = 50.0


def _without(wearer: Wearer, start_s: float, length_s: float) -> Analysis:
    samples = wearer.samples(RATE_HZ)
    index = np.arange(len(samples), dtype=np.int64)
    keep = (index < start_s * RATE_HZ) | (index >= (start_s + length_s) * RATE_HZ)
    return analyze(samples[keep], index[keep], sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)


def _bridges(
    count: int, period_s: float = 4.0, pause_s: float = 1.0
) -> tuple[Wearer, list[tuple[float, float, float]]]:
    wearer = Wearer().stand(5.0).bows().lie_down().rest(2.0)
    times = wearer.bridges(count, period_s=period_s, pause_s=pause_s)
    return wearer.rest(2.0), times


@pytest.mark.parametrize("length_s", [1.0 / RATE_HZ, 0.1, 1.5])
def test_a_repetition_with_a_gap_in_it_is_not_counted(length_s: float) -> None:
    wearer, times = _bridges(6)
    found = _without(wearer, times[2][1] - 0.3, length_s)
    (bridges,) = found.sets
    assert len(bridges.repetitions) == 5
    assert found.coverage == pytest.approx(1.0 - length_s / wearer.now_s, abs=1e-3)
    span_s = (bridges.end - bridges.start) / RATE_HZ
    assert bridges.coverage == pytest.approx(1.0 - length_s / span_s, abs=1e-3)


@pytest.mark.parametrize("length_s", [1.0 / RATE_HZ, 0.1, 0.4, 2.0, 4.9])
@pytest.mark.parametrize("where", ["right after one", "right before one"])
def test_a_gap_between_repetitions_costs_none(where: str, length_s: float) -> None:
    wearer, times = _bridges(6, pause_s=5.0)
    start_s = times[2][2] + 0.1 if where == "right after one" else times[3][0] - 0.1 - length_s
    (bridges,) = _without(wearer, start_s, length_s).sets
    assert len(bridges.repetitions) == 6
    found_s = [(one.start / RATE_HZ, one.end / RATE_HZ) for one in bridges.repetitions]
    for (start, end), (true_start, _, true_end) in zip(found_s, times, strict=True):
        assert start == pytest.approx(true_start, abs=0.2)
        assert end == pytest.approx(true_end, abs=0.2)


@pytest.mark.parametrize("of_the_way", [0.3, 0.5, 0.7])
def test_what_began_in_a_gap_is_not_counted(of_the_way: float) -> None:
    wearer, times = _bridges(6)
    start_s, peak_s, _ = times[3]
    found = _without(wearer, start_s - 0.4, 0.4 + of_the_way * (peak_s - start_s))
    (bridges,) = found.sets
    assert len(bridges.repetitions) == 5


def test_a_broken_repetition_is_no_pause() -> None:
    """The two around it are more than 20 s apart."""
    wearer, times = _bridges(4, period_s=8.0, pause_s=8.0)
    (bridges,) = _without(wearer, times[1][1], 0.5).sets
    assert len(bridges.repetitions) == 3


@pytest.mark.parametrize("length_s", [10.0, 25.0])
def test_a_long_gap_is_no_pause_either(length_s: float) -> None:
    wearer = Wearer().stand(5.0).bows().lie_down().rest(2.0)
    wearer.bridges(3)
    gap_s = wearer.rest(2.0).now_s
    wearer.rest(length_s + 2.0).bridges(3)
    (bridges,) = _without(wearer.rest(2.0), gap_s, length_s).sets
    assert len(bridges.repetitions) == 6
    assert bridges.coverage == pytest.approx(
        1.0 - length_s * RATE_HZ / (bridges.end - bridges.start), abs=1e-3
    )


@pytest.mark.parametrize("length_s", [0.1, 3.0])
def test_a_short_gap_does_not_end_a_plank(length_s: float) -> None:
    wearer = Wearer().stand(5.0)
    start, _ = wearer.plank(30.0)
    (plank,) = _without(wearer.stand_up(), start + 12.0, length_s).sets
    assert plank.exercise == Exercise.FOREARM_PLANK
    assert len(plank.holds) == 1
    assert plank.coverage == pytest.approx(1.0 - length_s / 30.0, abs=0.01)


def test_a_long_gap_ends_the_plank_and_keeps_the_calibration() -> None:
    wearer = Wearer().stand(5.0).bows().stand(1.0)
    start, _ = wearer.plank(40.0)
    found = _without(wearer.stand_up(), start + 12.0, 10.0)
    assert found.calibration.source == "bows"
    (plank,) = found.sets
    assert len(plank.holds) == 2
    first, second = plank.holds
    assert first.end == (start + 12.0) * RATE_HZ
    assert second.start >= (start + 22.0) * RATE_HZ
    for one in found.postures:
        assert one.end <= (start + 12.0) * RATE_HZ or one.start >= (start + 22.0) * RATE_HZ


def test_a_stream_may_begin_at_any_index() -> None:
    wearer, _ = _bridges(3)
    samples = wearer.samples(RATE_HZ)
    at_0 = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    later = Detector(sampling_rate_hz=RATE_HZ, g_per_step=G_PER_STEP)
    first = 10_000_000_000
    events = later.push(samples, first)
    assert events[0] == SegmentStarted(first)
    assert [event.at - first for event in events] == [e.at for e in at_0.push(samples, 0)]
    assert later.next_index == first + len(samples)
