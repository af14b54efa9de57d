"""Which workouts a stream's sets belong to."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from ingested import STREAM, commit, new_ingest
from lumbar_server import workouts
from lumbar_server.database import reading, writing
from lumbar_server.errors import ConflictError
from lumbar_server.follow import Group, groups
from lumbar_server.ingest import Ingest
from lumbar_server.record import SessionRecord
from lumbar_server.store import record, sessions, wearers
from lumbar_server.store.sessions import SessionKind, SessionRow, Wanted
from lumbar_signal.events import Exercise, ExerciseSet
from stream_messages import START_S, PublishedStream
from synthetic_bridge import RATE_HZ, bridge_samples

START_UTC = datetime.fromtimestamp(START_S, UTC)
LATER_UTC = START_UTC + timedelta(hours=1)
LENGTH = timedelta(seconds=len(STREAM.samples) / RATE_HZ)
SECOND = PublishedStream("SIM-2", 0x77, bridge_samples(3))


def found_at(start: float, end: float) -> ExerciseSet:
    return ExerciseSet(Exercise.GLUTE_BRIDGE, start, end, 1.0, 1.0, True, None, (), (), ())


def listed(engine: Engine, wearer_id: int | None = None) -> list[SessionRow]:
    with reading(engine) as connection:
        return sessions.newest(connection, Wanted(wearer_id), None, 10)


def whole(engine: Engine, session_id: int) -> SessionRecord:
    with reading(engine) as connection:
        return record.read(connection, session_id)


def begin(engine: Engine, from_utc: datetime, until_utc: datetime | None) -> int:
    with writing(engine) as connection:
        return workouts.start(connection, 1, from_utc, until_utc, from_utc).id


def test_sets_apart_by_more_than_the_quiet_time_are_workouts_of_their_own() -> None:
    sets = [found_at(10, 20), found_at(40, 50), found_at(81, 90)]
    assert groups(sets, 30) == [Group(10, 91)]
    assert groups(sets, 29) == [Group(10, 51), Group(81, 91)]
    assert groups([], 30) == []


def test_a_set_makes_a_session_that_lasts_from_first_set_to_last(
    ingest: Ingest, engine: Engine
) -> None:
    commit(ingest, *STREAM.batches(50), STREAM.end())
    (session,) = listed(engine)
    assert session.kind == SessionKind.AUTOMATIC
    kept = whole(engine, session.id)
    (found,) = kept.done
    assert found.repetitions == 5
    assert abs(found.start_s) < 0.6
    assert kept.duration_s is not None
    assert found.end_s == pytest.approx(kept.duration_s, abs=0.6)
    assert kept.coverage == 1.0


def test_no_set_makes_no_session(ingest: Ingest, engine: Engine) -> None:
    still = PublishedStream("SIM-3", 0x5, bridge_samples(5)[: round(2 * RATE_HZ)])
    commit(ingest, *still.batches(50), still.end())
    assert listed(engine) == []


def test_a_session_that_somebody_started_takes_the_sets(ingest: Ingest, engine: Engine) -> None:
    session_id = begin(engine, START_UTC - timedelta(seconds=5), None)
    commit(ingest, *STREAM.batches(50), STREAM.end())
    (session,) = listed(engine)
    assert session.id == session_id
    with writing(engine) as connection:
        workouts.stop(connection, session, START_UTC + LENGTH)
    kept = whole(engine, session_id)
    assert [one.repetitions for one in kept.done] == [5]
    assert kept.done[0].start_s > 5.0
    assert kept.parts[0].stored_samples == pytest.approx(len(STREAM.samples), abs=RATE_HZ)


def test_what_arrives_late_joins_the_session_of_its_time(ingest: Ingest, engine: Engine) -> None:
    session_id = begin(engine, START_UTC, START_UTC + LENGTH)
    commit(ingest, *STREAM.batches(50), STREAM.end())
    assert [one.id for one in listed(engine)] == [session_id]
    assert len(whole(engine, session_id).done) == 1


def test_a_session_recorded_afterwards_takes_over_what_was_found(
    ingest: Ingest, engine: Engine
) -> None:
    commit(ingest, *STREAM.batches(50), STREAM.end())
    session_id = begin(engine, START_UTC, START_UTC + LENGTH)
    (session,) = listed(engine)
    assert session.id == session_id
    assert len(whole(engine, session_id).done) == 1


def test_two_sensors_of_one_wearer_are_one_workout(ingest: Ingest, engine: Engine) -> None:
    commit(ingest, *STREAM.batches(50), STREAM.end())
    commit(ingest, *SECOND.batches(50), SECOND.end(), topic=SECOND.topic)
    (session,) = listed(engine)
    assert {part.sensor_id for part in whole(engine, session.id).parts} == {"SIM-1", "SIM-2"}


def test_two_wearers_have_a_workout_each(ingest: Ingest, engine: Engine) -> None:
    commit(ingest, *STREAM.batches(50), STREAM.end())
    commit(ingest, *SECOND.batches(50), SECOND.end(), topic=SECOND.topic)
    with writing(engine) as connection:
        other = wearers.add(connection, "Ada", "Europe/London", 300.0, LATER_UTC)
        workouts.assign(connection, "SIM-2", other.id, START_UTC - timedelta(1), LATER_UTC)
    (hers,) = listed(engine, other.id)
    (mine,) = listed(engine, 1)
    assert [part.sensor_id for part in whole(engine, hers.id).parts] == ["SIM-2"]
    assert [part.sensor_id for part in whole(engine, mine.id).parts] == ["SIM-1"]


def test_another_worker_that_looks_again_changes_nothing(ingest: Ingest, engine: Engine) -> None:
    commit(ingest, *STREAM.batches(50))
    before = listed(engine)
    commit(new_ingest(engine), STREAM.end())
    (session,) = listed(engine)
    assert session.id == before[0].id


def test_a_discarded_workout_is_not_found_again(ingest: Ingest, engine: Engine) -> None:
    commit(ingest, *STREAM.batches(50))
    (session,) = listed(engine)
    with writing(engine) as connection:
        workouts.change(connection, session, {"discarded": True}, LATER_UTC)
    commit(new_ingest(engine), STREAM.end())
    assert listed(engine) == []


def test_a_second_session_cannot_run_beside_the_first(engine: Engine) -> None:
    begin(engine, START_UTC, None)
    with pytest.raises(ConflictError, match="stop it"):
        begin(engine, LATER_UTC, None)
