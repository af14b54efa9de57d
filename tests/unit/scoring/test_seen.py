"""Traces with gaps: what lies in one is not asked for."""

from typing import Any

import numpy as np
import pytest

from lumbar.scoring import analysis_of, score, truth_of
from lumbar.scoring.seen import as_seen
from scoring_documents import Document, oracle, truth_document

BRIDGES, CAT_COWS, PLANK = 0, 1, 2  # sets; the first bridge is from 10 to 13 s, one every 4 s


def _with_gaps(*gaps: tuple[float, float]) -> Document:
    truth = truth_document()
    truth["recording"]["gaps"] = [{"start_s": start, "end_s": end} for start, end in gaps]
    return truth


def _left(*gaps: tuple[float, float]) -> Any:
    return as_seen(truth_of(_with_gaps(*gaps), "truth")).sets


@pytest.mark.parametrize("gap", [(11.0, 11.1), (9.9, 10.1), (12.9, 13.5), (9.0, 13.9)])
def test_a_repetition_that_a_gap_touches_is_not_asked_for(gap: tuple[float, float]) -> None:
    bridges = _left(gap)[BRIDGES]
    assert len(bridges.repetitions) == 9
    assert bridges.start_s == 14.0


def test_a_gap_between_repetitions_changes_nothing() -> None:
    assert _left((13.1, 13.9)) == _left()


def test_a_set_of_one_repetition_is_none() -> None:
    cut = _left((14.5, 48.0))
    assert [one.exercise for one in cut][:2] == ["cat_cow", "forearm_plank"]


def test_a_hold_goes_on_over_a_gap() -> None:
    assert _left((140.0, 142.0))[PLANK].holds == _left()[PLANK].holds


def test_what_is_reported_over_a_gap_is_one_too_many() -> None:
    truth = _with_gaps((11.0, 11.5), (75.0, 75.5))
    pair = truth_of(truth, "truth"), analysis_of(oracle(truth), "analysis")
    found = score([pair], rng=np.random.default_rng(1), resamples=10).overall
    assert (found.counting.exact.hits, found.counting.error.median) == (0, 1.0)
    assert found.repetitions.recall.value == 1.0
    assert found.repetitions.precision.hits == found.repetitions.precision.n - 2
