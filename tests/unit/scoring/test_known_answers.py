"""Programs whose errors are known give exactly the known figures."""

from collections.abc import Callable

import numpy as np
import pytest

from lumbar.scoring import Score, analysis_of, score, truth_of
from scoring_documents import Document, oracle, shifted, silent, truth_document

BODIES = ("tall-1", "tall-2", "short-1", "short-2", "broad-1")


def score_of(program: Callable[[Document], Document]) -> Score:
    documents = [truth_document(body) for body in BODIES]
    return score(
        [(truth_of(one, "truth"), analysis_of(program(one), "analysis")) for one in documents],
        rng=np.random.default_rng(5),
        resamples=200,
    )


def test_who_knows_the_truth_scores_perfectly() -> None:
    result = score_of(oracle)
    one = result.overall
    assert one.recognition.macro_f1.value == 1.0
    assert (one.recognition.macro_f1.low, one.recognition.macro_f1.high) == (1.0, 1.0)
    shares = [
        one.recognition.found_at_all,
        one.recognition.true_at_all,
        one.counting.exact,
        one.counting.within_one,
        one.repetitions.recall,
        one.repetitions.precision,
        one.holds.recall,
        one.holds.precision,
        one.deviations.sensitivity,
        one.deviations.specificity,
    ]
    assert [share.value for share in shares] == [1.0] * len(shares)
    assert [share.n for share in shares] == [25, 25, 10, 10, 100, 100, 10, 10, 5, 5]
    spreads = [
        one.recognition.start_s,
        one.recognition.end_s,
        one.counting.error,
        one.repetitions.start_s,
        one.repetitions.peak_s,
        one.repetitions.end_s,
        one.repetitions.range_deg,
        one.holds.duration_s,
        one.deviations.delay_s,
    ]
    assert [(each.median, each.p95_abs) for each in spreads] == [(0.0, 0.0)] * len(spreads)
    assert (one.false_alarms.everyday_sets.n, one.false_alarms.foreign_called_ours.hits) == (0, 0)
    assert one.confidence.sets.expected_calibration_error == 0.0
    assert one.confidence.repetitions.expected_calibration_error == 0.0
    assert one.confidence.unknown_auroc.value == 1.0
    assert {(each.coverage, each.risk) for each in one.confidence.set_abstention} == {(1.0, 0.0)}
    assert one.postures.accuracy.value == 1.0


def test_who_says_nothing_finds_nothing_and_alarms_nobody() -> None:
    one = score_of(silent).overall
    assert one.recognition.macro_f1.value == 0.0
    assert one.recognition.true_at_all.value is None
    missed = [
        one.recognition.found_at_all,
        one.counting.within_one,
        one.repetitions.recall,
        one.holds.recall,
        one.deviations.sensitivity,
    ]
    assert [share.value for share in missed] == [0.0] * len(missed)
    assert one.deviations.specificity.value == 1.0
    assert (one.false_alarms.everyday_sets.n, one.false_alarms.foreign_called_ours.hits) == (0, 0)
    assert one.confidence.sets.expected_calibration_error is None
    assert one.confidence.unknown_auroc.value == 0.5
    assert one.postures.accuracy.value == 0.0


def test_all_shifted_by_a_fifth_of_a_second() -> None:
    one = score_of(lambda truth: shifted(oracle(truth), 0.2)).overall
    for each in (
        one.recognition.start_s,
        one.recognition.end_s,
        one.repetitions.start_s,
        one.repetitions.peak_s,
        one.repetitions.end_s,
        one.deviations.delay_s,
    ):
        assert (each.median, each.p95_abs) == (pytest.approx(0.2), pytest.approx(0.2))
    assert one.holds.duration_s.p95_abs == pytest.approx(0.0)
    assert (one.counting.exact.value, one.repetitions.recall.value) == (1.0, 1.0)
    assert one.recognition.macro_f1.value == 1.0


def without_every_fifth(truth: Document) -> Document:
    analysis = oracle(truth)
    for one in analysis["sets"]:
        one["repetitions"] = [rep for i, rep in enumerate(one["repetitions"]) if i % 5 != 3]
    return analysis


def test_every_fifth_repetition_missing() -> None:
    one = score_of(without_every_fifth).overall
    assert (one.repetitions.recall.value, one.repetitions.precision.value) == (0.8, 1.0)
    assert (one.counting.exact.value, one.counting.within_one.value) == (0.0, 0.0)
    assert (one.counting.error.median, one.counting.error.p95_abs) == (-2.0, 2.0)
    assert one.recognition.macro_f1.value == 1.0
    assert one.repetitions.start_s.p95_abs == 0.0


def bridge_called_tilt(truth: Document) -> Document:
    analysis = oracle(truth)
    if truth["body_id"] == "tall-1":
        analysis["sets"][0]["exercise"] = "pelvic_tilt"
    return analysis


def test_one_set_called_another() -> None:
    result = score_of(bridge_called_tilt)
    found = result.overall.recognition
    bridge, tilt = found.classes["glute_bridge"], found.classes["pelvic_tilt"]
    assert (bridge.precision.value, bridge.recall.value) == (1.0, 0.8)
    assert bridge.f1.value == pytest.approx(8 / 9)
    assert (tilt.precision.value, tilt.recall.n, tilt.f1.value) == (0.0, 0, 0.0)
    assert found.macro_f1.value == pytest.approx((8 / 9 + 0 + 1 + 1 + 1) / 5)
    assert found.found_at_all.value == 1.0
    counts = found.confusion.counts
    row, column = (found.confusion.labels.index(name) for name in ("glute_bridge", "pelvic_tilt"))
    assert (counts[row][row], counts[row][column], sum(map(sum, counts))) == (4, 1, 25)
    assert result.overall.counting.exact.value == 0.9
    assert result.overall.repetitions.recall.value == 0.9
    assert result.overall.confidence.sets.expected_calibration_error == pytest.approx(1 / 20)
    assert result.by["exercise"]["glute_bridge"].counting.exact.value == 0.8
    assert result.by["exercise"]["cat_cow"].counting.exact.value == 1.0
    never_done = result.by["exercise"]["pelvic_tilt"]
    assert (never_done.counting.exact.n, never_done.recognition.found_at_all.n) == (0, 0)
    assert (never_done.confidence.sets.n, never_done.confidence.unknown_auroc.n) == (1, 0)
    assert result.by["body"]["tall"].counting.exact.value == 0.75
    assert result.by["body"]["short"].counting.exact.value == 1.0


def dreamer(truth: Document) -> Document:
    """Finds squats to be bridges, exercise in a walk, and a sag in each hold."""
    analysis = oracle(truth)
    analysis["sets"][4]["exercise"] = "glute_bridge"
    analysis["sets"].append({**analysis["sets"][0], "start_s": 400.0, "end_s": 430.0})
    analysis["sets"][-1] |= {"exercise": "unknown", "repetitions": []}
    analysis["deviations"] = [{"kind": "sag", "start_s": 205.0, "end_s": 206.0, "peak_deg": 9.0}]
    return analysis


def test_false_alarms_are_counted_where_they_sound() -> None:
    one = score_of(dreamer).overall
    alarms = one.false_alarms
    assert (alarms.everyday_sets.n, alarms.everyday_sets.per_hour) == (5, pytest.approx(12.0))
    assert alarms.everyday_sets_by_kind["walking"].n == 5
    assert alarms.foreign_called_ours.value == 1.0
    assert alarms.foreign_called_ours_by_kind["squat"].hits == 5
    assert (one.deviations.specificity.value, one.deviations.sensitivity.value) == (0.0, 1.0)
    assert one.repetitions.precision.value == pytest.approx(20 / 30)
    assert one.confidence.unknown_auroc.value == 0.5


def wrong_kind(truth: Document) -> Document:
    analysis = oracle(truth)
    analysis["sets"][2]["deviations"][0]["kind"] = "pike"
    return analysis


def test_deviation_of_another_kind_is_not_the_one_that_was() -> None:
    told = score_of(wrong_kind).overall.deviations
    assert (told.sensitivity.value, told.delay_s.n) == (0.0, 0)


def test_hold_told_too_long() -> None:
    def program(truth: Document) -> Document:
        analysis = oracle(truth)
        hold = analysis["sets"][2]["holds"][0]
        hold |= {"end_s": hold["end_s"] + 2.0, "duration_s": 32.0}
        return analysis

    held = score_of(program).overall.holds.duration_s
    assert (held.median, held.p95_abs, held.n) == (pytest.approx(1.0), pytest.approx(2.0), 10)


def test_missed_sets_are_wrong_counts_but_not_among_the_found() -> None:
    counting = score_of(bridge_called_tilt).overall.counting
    assert (counting.exact.value, counting.exact_of_found.value) == (0.9, 1.0)
    assert (counting.within_one.n, counting.within_one_of_found.n) == (10, 9)


def lying_after_the_planks(truth: Document) -> Document:
    truth["everyday"].append({"kind": "lying", "start_s": 231.0, "end_s": 250.0})
    return truth


@pytest.mark.parametrize(
    ("start_s", "end_s", "rests"),
    [(199.0, 235.0, 1.0), (200.0, 245.0, 0.0), (236.0, 241.0, 0.0)],
    ids=["plank that ends late", "plank that goes on lying", "plank while lying"],
)
def test_lying_on_the_front_is_no_plank(start_s: float, end_s: float, rests: float) -> None:
    truth = lying_after_the_planks(truth_document())
    analysis = oracle(truth)
    held = {"start_s": start_s, "end_s": end_s}
    analysis["sets"][3] |= {**held, "holds": [{**held, "duration_s": end_s - start_s}]}
    pairs = [(truth_of(truth, "t"), analysis_of(analysis, "a"))]
    found = score(pairs, rng=np.random.default_rng(0), resamples=5).overall.on_the_front
    planks = 1.0 if start_s < 230.0 else 0.5
    assert (found.planks.value, found.rests.value) == (planks, rests)
    assert found.balanced == (planks + rests) / 2


def test_posture_is_right_for_the_time_it_is_right() -> None:
    def program(truth: Document) -> Document:
        analysis = oracle(truth)
        analysis["postures"][0]["posture"] = "prone"
        return analysis

    found = score_of(program).overall.postures
    assert found.accuracy.value == pytest.approx(0.9)
    assert (found.by_posture["supine"].value, found.by_posture["prone"].value) == (0.0, 1.0)


def test_headline_names_purpose_and_origin() -> None:
    result = score_of(silent)
    assert (result.simulated, result.purpose, result.traces, result.bodies) == (
        True,
        "reporting",
        5,
        5,
    )
    mixed = [truth_document("a-1", purpose=purpose) for purpose in ("reporting", "development")]
    pairs = [(truth_of(one, "t"), analysis_of(silent(one), "a")) for one in mixed]
    assert score(pairs, rng=np.random.default_rng(0)).purpose == "mixed"


def test_figures_do_not_depend_on_what_draws_the_resamples() -> None:
    documents = [truth_document(body) for body in BODIES]
    pairs = [(truth_of(one, "t"), analysis_of(bridge_called_tilt(one), "a")) for one in documents]
    first, second = (score(pairs, rng=np.random.default_rng(seed), resamples=50) for seed in (1, 2))
    assert first.overall.recognition.macro_f1.value == second.overall.recognition.macro_f1.value
    assert first.overall.counting.exact.value == second.overall.counting.exact.value
