"""A record brought to where something is already: joined, or refused with what differs."""

import json
from base64 import b64decode, b64encode
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import Engine

from carried import NOTHING, brought, exported, recorded
from household import (
    BRIDGES,
    LATER_UTC,
    NOTE,
    START_UTC,
    all_rows,
)
from ingested import new_ingest
from lumbar_server import deletion, workouts
from lumbar_server.database import reading, writing
from lumbar_server.errors import ConflictError
from lumbar_server.ingest import Arrived
from lumbar_server.store import samples, stream_listing, wearers


def decoded(text: str) -> bytes:
    return b64decode(text)


def encoded(data: bytes) -> str:
    return b64encode(data).decode()


def test_a_stream_that_went_on_is_continued(engine: Engine, elsewhere: Engine) -> None:
    ingest = new_ingest(engine)
    batches = list(BRIDGES.batches(50))
    ingest.commit([Arrived(BRIDGES.topic, bytes(one)) for one in batches[:-6]])
    brought(elsewhere, exported(engine))
    ingest.commit([Arrived(BRIDGES.topic, bytes(one)) for one in batches[-6:]])
    ingest.commit([Arrived(BRIDGES.topic, bytes(BRIDGES.end()))])
    assert brought(elsewhere, exported(engine))["samples"] > 0
    assert recorded(elsewhere) == recorded(engine)
    with reading(elsewhere) as connection:
        (run,) = samples.read(connection, BRIDGES.key, 3, 0, 2**48)
    assert np.array_equal(run.samples, BRIDGES.samples)


def test_what_two_databases_have_of_a_stream_is_joined_and_looked_at_again(
    engine: Engine, elsewhere: Engine
) -> None:
    n = len(BRIDGES.samples)
    for database, first, end in ((engine, 0, 900), (elsewhere, 600, n)):
        batches = [BRIDGES.batch(at, min(at + 50, end)) for at in range(first, end, 50)]
        ingest = new_ingest(database)
        ingest.commit([Arrived(BRIDGES.topic, bytes(one)) for one in (*batches, BRIDGES.end())])
    assert brought(elsewhere, exported(engine))["samples"] == 600
    with reading(elsewhere) as connection:
        (due,) = stream_listing.unanalysed(connection, 25.0, 100.0)
        (run,) = samples.read(connection, BRIDGES.key, 3, 0, 2**48)
    assert np.array_equal(run.samples, BRIDGES.samples)
    new_ingest(elsewhere).analyse_again(due.stream_id)
    (found,) = recorded(elsewhere)
    assert [one.repetitions for one in found.done] == [5]
    assert found.coverage == 1.0


def test_other_samples_under_the_same_indices_are_refused(
    filled: Engine, elsewhere: Engine
) -> None:
    brought(elsewhere, exported(filled))
    other = json.loads(exported(filled))
    counts = np.frombuffer(decoded(other["samples"][0]["int16"]), "<i2") ^ 1
    other["samples"][0]["int16"] = encoded(counts.tobytes())
    before = recorded(elsewhere)
    with pytest.raises(ConflictError, match=r"samples 0 to .* are others in the file than here"):
        brought(elsewhere, other)
    assert recorded(elsewhere) == before


def test_a_session_of_which_something_else_is_said_is_refused(
    filled: Engine, elsewhere: Engine
) -> None:
    data = exported(filled)
    brought(elsewhere, data)
    with writing(elsewhere) as connection:
        row = next(one for one in all_rows(elsewhere) if one.note)
        workouts.change(connection, row, {"note": "mine", "effort": 9}, LATER_UTC)
    with pytest.raises(ConflictError, match="differs: effort, note; nothing was imported"):
        brought(elsewhere, data)


def test_what_was_only_found_gives_way_to_what_was_said(filled: Engine, elsewhere: Engine) -> None:
    ingest = new_ingest(elsewhere)
    ingest.commit([Arrived(BRIDGES.topic, bytes(one)) for one in BRIDGES.batches(50)])
    ingest.commit([Arrived(BRIDGES.topic, bytes(BRIDGES.end()))])
    assert [one.note for one in recorded(elsewhere)] == [""]
    brought(elsewhere, exported(filled))
    assert recorded(elsewhere) == recorded(filled)
    assert NOTE in [one.note for one in recorded(elsewhere)]


def test_the_first_wearer_elsewhere_keeps_what_is_theirs(filled: Engine, elsewhere: Engine) -> None:
    with writing(filled) as connection:
        wearers.change(connection, 1, {"name": "Bea"}, LATER_UTC)
    with writing(elsewhere) as connection:
        past_utc = START_UTC - timedelta(days=30)
        workouts.start(connection, 1, past_utc, past_utc, LATER_UTC)
    brought(elsewhere, exported(filled))
    with reading(elsewhere) as connection:
        names = {one.name: one.id for one in wearers.listed(connection)}
        worn = wearers.assignments(connection, "SIM-1")
        assert wearers.wearer_of(worn, START_UTC) == names["Bea"] != 1
    found = recorded(elsewhere)
    assert [one.wearer_name for one in found] == ["Me", "Ada", "Bea", "Ada"]
    assert found[1:] == recorded(filled)


def test_in_an_untouched_database_the_first_wearer_stays_the_first(
    filled: Engine, elsewhere: Engine
) -> None:
    values = {"name": "Bea", "time_zone": "Asia/Tokyo"}
    with writing(filled) as connection:
        wearers.change(connection, 1, values, LATER_UTC)
    brought(elsewhere, exported(filled))
    with reading(elsewhere) as connection:
        first = wearers.one(connection, wearers.FIRST_WEARER)
        assert (first.name, first.time_zone) == ("Bea", "Asia/Tokyo")
        assert wearers.assignments(connection, "SIM-1") == []


def test_a_sensor_that_somebody_else_wore_is_refused(filled: Engine, elsewhere: Engine) -> None:
    data = exported(filled)
    brought(elsewhere, data)
    with writing(elsewhere) as connection:
        other = wearers.add(connection, "Cy", "UTC", 300.0, LATER_UTC)
        from_utc = START_UTC - timedelta(days=1)
        workouts.assign(connection, "back-2", other.id, from_utc, LATER_UTC)
    with pytest.raises(ConflictError, match=r"worn by Ada .* in the file, here by Cy"):
        brought(elsewhere, data)


def test_a_session_deleted_here_stays_deleted(filled: Engine) -> None:
    data = exported(filled)
    deletion.delete_session(filled, 1, LATER_UTC)
    after = json.loads(exported(filled))
    assert NOTE not in json.dumps(after["sessions"][1:2])
    assert brought(filled, data) == NOTHING
    assert json.loads(exported(filled)) == after
    (gone,) = (one for one in after["streams"] if one["stream_id"] == BRIDGES.key)
    ((first, end),) = gone["forgotten"]
    for one in after["samples"]:
        if one["stream_id"] == BRIDGES.key:
            assert one["first_index"] + one["n"] <= first or end <= one["first_index"]


def test_what_is_left_after_deleting_a_wearer_is_the_same_elsewhere(
    filled: Engine, elsewhere: Engine
) -> None:
    data = exported(filled)
    deletion.delete_everything(filled, 2, LATER_UTC)
    assert "Ada" not in exported(filled).decode()
    brought(elsewhere, exported(filled))
    assert recorded(elsewhere) == recorded(filled)
    after = exported(filled)
    with pytest.raises(ConflictError, match="import into another database"):
        brought(filled, data)
    assert exported(filled) == after
