import copy

import numpy as np
import pytest

from lumbar.scoring import analysis_of, score, truth_of
from lumbar.scoring.bootstrap import Bodies
from lumbar.scoring.confidence import Confidence, unknown_auroc
from lumbar.scoring.observe import observe
from scoring_documents import Document, oracle, truth_document


def judged(confidences: dict[int, float], names: dict[int, str]) -> Confidence:
    """Score an oracle whose sets have these confidences and, wrongly, these names."""
    truth = truth_document()
    analysis: Document = copy.deepcopy(oracle(truth))
    for i, value in confidences.items():
        analysis["sets"][i]["confidence"] = value
    for i, name in names.items():
        analysis["sets"][i]["exercise"] = name
    pairs = [(truth_of(truth, "truth"), analysis_of(analysis, "analysis"))]
    return score(pairs, rng=np.random.default_rng(0), resamples=10).overall.confidence


def test_calibration_error_is_the_mean_distance_from_the_diagonal() -> None:
    found = judged({0: 0.85, 1: 0.85, 2: 0.65, 3: 0.65}, {3: "wall_plank"})
    assert found.sets.n == 4
    assert found.sets.expected_calibration_error == pytest.approx(0.15 * 0.5 + 0.15 * 0.5)
    bins = {round(one.low, 1): (one.confidence, one.right, one.n) for one in found.sets.curve}
    assert bins[0.8] == (pytest.approx(0.85), 1.0, 2)
    assert bins[0.6] == (pytest.approx(0.65), 0.5, 2)
    assert bins[0.0] == (None, None, 0)


def test_whole_confidence_lies_in_the_last_bin() -> None:
    assert judged({}, {}).sets.curve[-1].n == 4


def test_passing_over_the_unsure_leaves_fewer_mistakes() -> None:
    found = judged({0: 0.95, 1: 0.7, 2: 0.6, 3: 0.3}, {3: "wall_plank"})
    by_threshold = {one.threshold: one for one in found.set_abstention}
    assert (by_threshold[0.0].coverage, by_threshold[0.0].risk) == (1.0, 0.25)
    assert (by_threshold[0.5].coverage, by_threshold[0.5].risk) == (0.75, 0.0)
    assert (by_threshold[0.95].coverage, by_threshold[0.95].n) == (0.25, 1)


def test_foreign_exercise_that_looks_more_foreign_than_some() -> None:
    # foreignness: squats called a bridge with 0.6 are 0.4; of ours two lie below and two above
    found = judged({0: 0.9, 1: 0.8, 2: 0.5, 3: 0.3, 4: 0.6}, {4: "glute_bridge"})
    assert (found.unknown_auroc.value, found.unknown_auroc.n) == (0.5, 5)
    assert found.unknown_auroc.n_foreign == 1


def test_piece_of_foreign_exercise_that_is_called_ours_looks_like_ours() -> None:
    truth = truth_document()
    analysis = oracle(truth)
    for one in analysis["sets"]:
        one["confidence"] = 0.7
    squats = analysis["sets"][4]
    squats |= {"exercise": "cat_cow", "end_s": squats["start_s"] + 8.0, "confidence": 0.9}
    pairs = [(truth_of(truth, "truth"), analysis_of(analysis, "analysis"))]
    found = score(pairs, rng=np.random.default_rng(0), resamples=10).overall
    assert found.confidence.unknown_auroc.value == 0.0
    assert found.false_alarms.foreign_called_ours.value == 1.0


def test_foreign_exercise_may_be_told_by_its_kind() -> None:
    truths = []
    for kind, confidence in (("squat", 0.9), ("lunge", 0.2)):
        truth = truth_document(f"tall-{kind}")
        truth["sets"][4]["kind"] = kind
        analysis = oracle(truth)
        for one in analysis["sets"]:
            one["confidence"] = 0.5
        analysis["sets"][4] |= {"exercise": "cat_cow", "confidence": confidence}
        truths.append(observe(truth_of(truth, "t"), analysis_of(analysis, "a")))
    bodies = Bodies((o.body_id for o in truths), resamples=20, rng=np.random.default_rng(0))
    assert unknown_auroc(truths, bodies).value == pytest.approx(0.5)
    assert unknown_auroc(truths, bodies, ("squat",)).value == 0.0
    lunges = unknown_auroc(truths, bodies, ("lunge",))
    assert (lunges.value, lunges.n, lunges.n_foreign) == (1.0, 9, 1)


def test_without_foreign_exercise_there_is_nothing_to_tell_apart() -> None:
    truth = truth_document()
    truth["sets"].pop()
    pairs = [(truth_of(truth, "truth"), analysis_of(oracle(truth), "analysis"))]
    found = score(pairs, rng=np.random.default_rng(0), resamples=10).overall.confidence
    assert (found.unknown_auroc.value, found.unknown_auroc.n) == (None, 0)
