"""Corrections as labels: truths that the scorer reads, with what was said before what was found."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from household import BRIDGES, GAPPY, LATER_UTC, PLANK, all_rows
from lumbar.scoring.document_files import truth_of
from lumbar_server import workouts
from lumbar_server.database import reading, writing
from lumbar_server.exports.as_labels import export_labels
from lumbar_server.exports.selection import Selection
from lumbar_server.record import Correction
from lumbar_server.store import corrections, record, sessions


def labels(engine: Engine, wanted: Selection | None = None) -> dict[str, Any]:
    with reading(engine) as connection:
        text = b"".join(export_labels(connection, wanted or Selection())).decode()
    found = [json.loads(line) for line in text.splitlines()]
    return {one["trace"].removesuffix(".csv"): one for one in found}


def take_all_back(engine: Engine) -> None:
    with writing(engine) as connection:
        for row in all_rows(engine):
            for one in corrections.of_session(connection, row.id):
                corrections.remove(connection, row.id, one.id)


def agree(engine: Engine, session_id: int, **said: Any) -> None:
    """Say of the first set of a session that it was as it was found, but for ``said``."""
    with writing(engine) as connection:
        row = sessions.one(connection, session_id)
        first = record.of(connection, row).sets[0].detected
        assert first is not None
        empty = Correction(
            id=0,
            stream_id=first.stream_id,
            start=first.start,
            end=first.end,
            removed=False,
            exercise=None,
            repetitions=None,
            holds_s=None,
            start_s=None,
            end_s=None,
            made_utc=LATER_UTC,
        )
        workouts.correct(connection, row, replace(empty, **said), LATER_UTC)


def test_every_line_is_a_truth(filled: Engine) -> None:
    found = labels(filled)
    assert found.keys() == {BRIDGES.key, GAPPY.key, PLANK.key}
    for stem, one in found.items():
        truth = truth_of(one, stem)
        assert truth.trace == f"{stem}.csv"
    assert not truth_of(found[GAPPY.key], "x").simulated
    (gap,) = truth_of(found[GAPPY.key], "x").recording.gaps
    assert gap.length_s == pytest.approx(41 / GAPPY.rate_hz)


def test_what_was_said_counts_and_what_overlaps_it_is_left_out(filled: Engine) -> None:
    found = labels(filled)
    (bridges,) = found[BRIDGES.key]["sets"]
    assert (len(bridges["repetitions"]), bridges["said"], bridges["spaced"]) == (7, True, True)
    plank = found[PLANK.key]
    assert [one["exercise"] for one in plank["sets"]] == ["forearm_plank", "cat_cow"]
    assert [hold["duration_s"] for hold in plank["sets"][0]["holds"]] == [31.5, 12.25]
    assert [one["said"] for one in plank["left_out"]] == [False, False]


def test_sets_that_nobody_spoke_of_are_no_labels(filled: Engine) -> None:
    take_all_back(filled)
    assert labels(filled) == {}


def test_repetitions_that_were_agreed_to_keep_their_times(filled: Engine) -> None:
    take_all_back(filled)
    agree(filled, 1)
    one = labels(filled)[BRIDGES.key]["sets"][0]
    assert (one["said"], one["spaced"], len(one["repetitions"])) == (True, False, 5)
    with reading(filled) as connection:
        kept = record.read(connection, 1)
    detected = kept.sets[0].detected
    assert detected is not None
    expected_s = [
        kept.parts[0].time.index(rep.start_s) / BRIDGES.rate_hz for rep in detected.repetitions
    ]
    assert [rep["start_s"] for rep in one["repetitions"]] == pytest.approx(expected_s, abs=1e-4)


def test_a_set_that_was_moved_beyond_its_end_has_no_length(filled: Engine) -> None:
    take_all_back(filled)
    agree(filled, 1, start_s=40.0)
    sets = labels(filled)[BRIDGES.key]["sets"]
    assert [one["end_s"] - one["start_s"] for one in sets] == [0.0]
    truth_of(labels(filled)[BRIDGES.key], "x")


def test_where_a_set_was_removed_there_is_none(filled: Engine) -> None:
    take_all_back(filled)
    agree(filled, 2, removed=True)
    found = labels(filled, Selection(wearer_id=2))
    assert found.keys() == {GAPPY.key}
    assert truth_of(found[GAPPY.key], "x").sets == ()
