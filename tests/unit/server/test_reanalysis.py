"""A newer detector looks at stored samples; what an older one found stays beside it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text

from ingested import STREAM, commit, expected, new_ingest, stored_findings
from lumbar_server.analysis_difference import Difference, paired
from lumbar_server.database import reading, writing
from lumbar_server.deletion import delete_raw
from lumbar_server.errors import NotFoundError
from lumbar_server.ingest import Ingest
from lumbar_server.reanalysis import Outcome, reanalyse
from lumbar_server.store import analysis_listing, changes, record, results, sessions
from lumbar_server.store.results import Findings
from lumbar_server.store.sessions import Wanted
from lumbar_server.store.wearers import FIRST_WEARER
from lumbar_signal import VERSION
from lumbar_signal.events import Exercise, ExerciseSet
from stream_messages import START_S


def now_s() -> float:
    return START_S + 99


def found_by_an_older_version(engine: Engine, findings: Findings) -> None:
    """Let what is stored of the stream be what another version found."""
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM sets"))
        connection.execute(text("DELETE FROM postures"))
        connection.execute(text("DELETE FROM posture_deviations"))
        connection.execute(text("DELETE FROM analyses"))
        analysis_id = results.open_analysis(connection, STREAM.key, "0.0.9", "old")
        older = results.Changes()
        older.add(analysis_id, Findings(), findings)
        older.write(connection)


def stored(engine: Engine, ingest: Ingest) -> Findings:
    commit(ingest, *STREAM.batches(150), STREAM.end())
    ingest.tidy(0)
    return stored_findings(engine, STREAM)


def renamed(found: Findings) -> Findings:
    (one,) = found.sets
    return replace(found, sets=(replace(one, exercise=Exercise.CAT_COW),))


def test_an_older_analysis_is_kept_beside_the_new_one(engine: Engine, ingest: Ingest) -> None:
    found = stored(engine, ingest)
    older = renamed(found)
    found_by_an_older_version(engine, older)
    with reading(engine) as connection:
        last = changes.newest_number(connection)
    assert reanalyse(engine, STREAM.key, now_s).outcome is Outcome.ANALYSED
    with reading(engine) as connection:
        new, old = analysis_listing.of_stream(connection, STREAM.key)
        assert (new.detector_version, old.detector_version) == (VERSION, "0.0.9")
        assert results.read(connection, old.id) == older
        assert results.read(connection, new.id) == found == expected(STREAM)
        assert (new.calibration, old.calibration) == ("standing", None)
        (session,) = sessions.newest(connection, Wanted(), None, 10)
        shown = record.of(connection, session)
        assert [one.exercise for one in shown.sets] == ["glute_bridge"]
        noted = {one.kind for one in changes.since(connection, last, 10)}
    assert noted == {"session", "sensor", "stream"}


def test_what_is_up_to_date_is_left_alone(engine: Engine, ingest: Ingest) -> None:
    stored(engine, ingest)
    with reading(engine) as connection:
        before = analysis_listing.of_stream(connection, STREAM.key)
        last = changes.newest_number(connection)
    assert reanalyse(engine, STREAM.key, now_s).outcome is Outcome.UP_TO_DATE
    with reading(engine) as connection:
        assert analysis_listing.of_stream(connection, STREAM.key) == before
        assert changes.newest_number(connection) == last


def test_the_present_detector_counts_again_after_another_one_looked(
    engine: Engine, ingest: Ingest
) -> None:
    found = stored(engine, ingest)
    with writing(engine) as connection:
        results.open_analysis(connection, STREAM.key, "9.9.9", "newer")
    assert stored_findings(engine, STREAM) == Findings()
    assert reanalyse(engine, STREAM.key, now_s).outcome is Outcome.ANALYSED
    assert stored_findings(engine, STREAM) == found
    with reading(engine) as connection:
        versions = [
            row.detector_version for row in analysis_listing.of_stream(connection, STREAM.key)
        ]
    assert versions == [VERSION, "9.9.9"]


def test_a_stream_goes_on_after_it_was_analysed_while_it_was_received(engine: Engine) -> None:
    ingest = new_ingest(engine)
    messages = list(STREAM.batches(150))
    commit(ingest, *messages[:3])
    found_by_an_older_version(engine, Findings())
    assert reanalyse(engine, STREAM.key, now_s).outcome is Outcome.ANALYSED
    commit(ingest, *messages[3:], STREAM.end())
    assert stored_findings(engine, STREAM) == expected(STREAM)


def test_nothing_is_made_of_samples_that_were_deleted(engine: Engine, ingest: Ingest) -> None:
    older = renamed(stored(engine, ingest))
    found_by_an_older_version(engine, older)
    delete_raw(engine, FIRST_WEARER, None, datetime.fromtimestamp(now_s(), UTC))
    done = reanalyse(engine, STREAM.key, now_s)
    assert done.outcome is Outcome.LEFT
    assert "were deleted" in str(done.reason)
    assert stored_findings(engine, STREAM).sets == older.sets


def test_what_was_found_in_deleted_samples_stays_beside_what_is_found_anew(
    engine: Engine, ingest: Ingest
) -> None:
    (found,) = stored(engine, ingest).sets
    early = replace(found, start=10.0, end=60.0, exercise=Exercise.DEAD_BUG)
    found_by_an_older_version(engine, Findings(sets=(early,)))
    half = datetime.fromtimestamp(START_S + 80 / STREAM.rate_hz, UTC)
    delete_raw(engine, FIRST_WEARER, half, datetime.fromtimestamp(now_s(), UTC))
    assert reanalyse(engine, STREAM.key, now_s).outcome is Outcome.ANALYSED
    names = [one.exercise for one in stored_findings(engine, STREAM).sets]
    assert names[0] is Exercise.DEAD_BUG
    assert Exercise.GLUTE_BRIDGE in names


def test_there_has_to_be_such_a_stream(engine: Engine) -> None:
    with pytest.raises(NotFoundError, match="no stream"):
        reanalyse(engine, "0" * 16, now_s)


def a_set(start: float, end: float, exercise: Exercise = Exercise.CAT_COW) -> ExerciseSet:
    (one,) = expected(STREAM).sets
    return replace(one, start=start, end=end, exercise=exercise)


def test_sets_that_share_most_of_their_time_are_compared() -> None:
    before = [a_set(0, 100), a_set(200, 300), a_set(400, 500), a_set(600, 700)]
    after = [
        a_set(5, 100),
        a_set(200, 290, Exercise.DEAD_BUG),
        replace(a_set(410, 500), repetitions=()),
        a_set(800, 900),
        a_set(690, 790),
    ]
    assert [(pair.start, pair.difference) for pair in paired(before, after)] == [
        (0, Difference.SAME),
        (200, Difference.RENAMED),
        (400, Difference.RECOUNTED),
        (600, Difference.LOST),
        (690, Difference.GAINED),
        (800, Difference.GAINED),
    ]


def test_of_two_candidates_the_one_that_shares_more_is_the_same_set() -> None:
    before = [a_set(0, 100)]
    after = [a_set(0, 60), a_set(5, 100)]
    pairs = [(pair.before, pair.after) for pair in paired(before, after)]
    assert pairs == [(None, after[0]), (before[0], after[1])] or pairs == [
        (before[0], after[1]),
        (None, after[0]),
    ]
    assert paired([], []) == []
