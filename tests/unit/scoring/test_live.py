import json
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from lumbar.scoring import (
    LiveCount,
    LiveCue,
    LiveEvent,
    Score,
    analysis_of,
    read_live_log,
    score,
    truth_of,
)
from lumbar.scoring.live_run import NOTIFICATION_S, live_run
from lumbar.trace import Trace
from scoring_documents import oracle, truth_document
from signal_traces import G_PER_STEP as SIGNAL_G_PER_STEP
from signal_traces import programme
from synthetic_bridge import G_PER_STEP, RATE_HZ, bridge_samples


def counted(start_s: float, end_s: float, at_s: float) -> LiveCount:
    return LiveCount(start_s, end_s, "repetition_counted", "a.csv", at_s, "glute_bridge")


def cue(at_s: float, kind: Literal["sag", "pike"] = "sag") -> LiveCue:
    return LiveCue("deviation_started", "a.csv", at_s, kind, at_s - 0.5)


def score_of(log: list[LiveEvent] | None) -> Score:
    truth = truth_document()
    pairs = [(truth_of(truth, "truth"), analysis_of(oracle(truth), "analysis"))]
    return score(pairs, rng=np.random.default_rng(0), live=[log], resamples=10)


def test_counts_are_late_by_what_they_are_after_the_true_end() -> None:
    one = score_of([counted(10.0, 12.8, 13.5), counted(14.1, 17.2, 17.8)]).overall.live
    assert (one.delay_s.median, one.delay_s.n) == (pytest.approx(0.65), 2)
    assert (one.retracted.value, one.retracted.n) == (0.0, 2)
    assert one.everyday_repetitions.n == 0


def test_count_that_the_final_analysis_has_not_was_retracted() -> None:
    one = score_of([counted(10.0, 13.0, 13.5), counted(400.0, 403.0, 403.5)]).overall.live
    assert (one.retracted.value, one.delay_s.n) == (0.5, 1)
    assert one.everyday_repetitions.per_hour == pytest.approx(12.0)


@pytest.mark.parametrize(
    ("log", "delay_s", "in_time"),
    [
        ([cue(141.5), cue(143.0)], 1.5, 1.0),  # the sag lasts from 140 to 145 s
        ([cue(144.0)], 4.0, 0.0),
        ([cue(139.0), cue(146.0), cue(141.0, "pike")], None, 0.0),
    ],
)
def test_cue_is_late_by_what_it_is_after_the_onset(
    log: list[LiveEvent], delay_s: float | None, in_time: float
) -> None:
    one = score_of(log).overall
    assert one.deviations.cue_delay_s.median == delay_s
    assert (one.deviations.cued_in_time.value, one.deviations.cued_in_time.n) == (in_time, 1)
    assert one.live.retracted.n == 0


def test_detector_tells_a_sag_while_it_lasts() -> None:
    trained = programme()
    counts = trained.wearer.samples(RATE_HZ)
    index = np.arange(len(counts))
    trace = Trace("sag.csv", index / RATE_HZ, counts * SIGNAL_G_PER_STEP, None, RATE_HZ, index)
    cues = [one for one in live_run(trace) if isinstance(one, LiveCue)]
    assert [one.kind for one in cues] == ["sag"]
    assert 0.0 < cues[0].at_s - cues[0].start_s < 2.5


def test_without_a_live_run_there_are_no_live_figures() -> None:
    one = score_of(None).overall.live
    assert (one.retracted.value, one.retracted.n) == (None, 0)
    assert (one.everyday_repetitions.per_hour, one.everyday_repetitions.hours) == (None, 0.0)
    assert score_of(None).overall.deviations.cued_in_time.n == 0


def test_silent_live_run_has_a_rate_of_none() -> None:
    assert score_of([]).overall.live.everyday_repetitions.per_hour == 0.0


def test_logs_and_pairs_must_be_as_many() -> None:
    with pytest.raises(ValueError, match="zip"):
        score([], rng=np.random.default_rng(0), live=[[]])


def bridges(repetitions: int) -> Trace:
    counts = bridge_samples(repetitions)
    index = np.arange(len(counts))
    return Trace("monday.csv", index / RATE_HZ, counts * G_PER_STEP, None, RATE_HZ, index)


def counts_of(trace: Trace) -> list[LiveCount]:
    return [one for one in live_run(trace) if isinstance(one, LiveCount)]


def test_detector_tells_repetitions_soon_after_they_end() -> None:
    log = counts_of(bridges(6))
    assert len(log) == 6
    told_s = [one.at_s for one in log]
    assert told_s == sorted(told_s)
    assert all(0 < one.at_s - one.end_s < 2 for one in log)
    assert {one.trace for one in log} == {"monday.csv"}
    steps = np.array(told_s) / NOTIFICATION_S
    assert np.abs((steps + 0.2) - np.rint(steps + 0.2)).max() < 1e-3  # the last of five samples


def test_live_run_bridges_a_gap_as_replay_does() -> None:
    whole = bridges(6)
    kept = np.r_[0:700, 760 : len(whole.index)]
    trace = Trace("gap.csv", whole.t_s[kept], whole.acc_g[kept], None, RATE_HZ, whole.index[kept])
    log = counts_of(trace)
    assert 4 <= len(log) <= 5
    assert not any(one.start_s < 14.5 and one.end_s > 14.5 for one in log)


def test_log_is_read_as_it_was_written(tmp_path: Path) -> None:
    log: list[LiveEvent] = [counted(10.0, 12.8, 13.5), cue(15.0), counted(14.1, 17.2, 17.8)]
    file = tmp_path / "live.jsonl"
    file.write_text("".join(one.to_line() + "\n" for one in log))
    assert read_live_log(file) == log
    assert json.loads(log[0].to_line()) == {
        "trace": "a.csv",
        "at_s": 13.5,
        "type": "repetition_counted",
        "exercise": "glute_bridge",
        "start_s": 10.0,
        "end_s": 12.8,
    }
