"""The whole record as JSON: it fits its schema, and brought back elsewhere it is the same."""

import io
import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import Engine, select

from compacted import compact
from databases import DATABASES, fresh_database
from household import (
    BRIDGES,
    GAPPY,
    LATER_UTC,
    NOTE,
    START_UTC,
    all_records,
    all_rows,
    fill,
)
from ingested import new_ingest
from json_schema import violations
from lumbar_server import deletion, models, workouts
from lumbar_server.database import migrate, open_engine, reading, writing
from lumbar_server.errors import BadRequestError, ConflictError
from lumbar_server.exports.as_json import export_json
from lumbar_server.exports.document_schema import json_schema
from lumbar_server.exports.selection import Selection
from lumbar_server.imports.contents import read_contents
from lumbar_server.imports.record_file import import_record
from lumbar_server.ingest import Arrived
from lumbar_server.record import SessionRecord
from lumbar_server.store import changes as changes_store
from lumbar_server.store import observations, samples, sessions, stream_listing, wearers
from stream_messages import GATEWAY_BOOT

Json = dict[str, Any]
SCHEMA = Path(__file__).parents[3] / "docs" / "record.schema.json"
NOTHING = {"streams": 0, "samples": 0, "sessions": 0, "corrections": 0}


@pytest.fixture
def filled(engine: Engine) -> Engine:
    fill(engine)
    return engine


@contextmanager
def another(kind: str, folder: Path) -> Iterator[Engine]:
    (folder / "elsewhere").mkdir()
    with fresh_database(kind, folder / "elsewhere") as url:
        migrate(url)
        engine = open_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def elsewhere(engine: Engine, tmp_path: Path) -> Iterator[Engine]:
    """A second database of the same kind."""
    with another(engine.dialect.name, tmp_path) as found:
        yield found


@pytest.fixture(params=DATABASES)
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A second database of each kind."""
    with another(request.param, tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file; which kind of database it comes from does not matter to who reads it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('document') / 'test.db'}"
    migrate(url)
    engine = open_engine(url)
    fill(engine)
    data = exported(engine)
    engine.dispose()
    return data


def exported(engine: Engine, wanted: Selection | None = None) -> bytes:
    with reading(engine) as connection:
        return b"".join(export_json(connection, wanted or Selection(), LATER_UTC))


def brought(engine: Engine, data: bytes | Json) -> dict[str, int]:
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    return import_record(engine, io.BytesIO(content), LATER_UTC)


def without_ids(one: SessionRecord) -> SessionRecord:
    """Return a session as it is wherever it is."""
    return replace(
        one,
        id=0,
        wearer_id=0,
        parts=tuple(replace(part, analysis_id=None) for part in one.parts),
        sets=tuple(
            replace(each, correction=each.correction and replace(each.correction, id=0))
            for each in one.sets
        ),
    )


def recorded(engine: Engine) -> list[SessionRecord]:
    return [without_ids(one) for one in all_records(engine)]


def changes(engine: Engine) -> int:
    with reading(engine) as connection:
        return len(connection.execute(select(models.Change)).all())


def test_the_schema_in_docs_is_that_of_the_program() -> None:
    assert json.loads(SCHEMA.read_text()) == json_schema()


@pytest.mark.parametrize(
    "wanted", [Selection(), Selection(wearer_id=2), Selection(session_id=1)], ids=str
)
def test_document_fits_its_schema(filled: Engine, wanted: Selection) -> None:
    document = json.loads(exported(filled, wanted))
    schema = json.loads(SCHEMA.read_text())
    assert violations(document, schema, schema) == []
    assert document["schema"] == "lumbar.record/1"


def test_everything_is_the_same_elsewhere(filled: Engine, anywhere: Engine) -> None:
    data = exported(filled)
    done = brought(anywhere, data)
    assert done == {"streams": 3, "samples": 7173, "sessions": 3, "corrections": 4}
    assert recorded(anywhere) == recorded(filled)
    again, before = json.loads(exported(anywhere)), json.loads(data)
    for document in (again, before):
        for wearer in document["wearers"]:
            del wearer["created_utc"]  # when they came to this database
    assert again == before


def test_imported_twice_is_imported_once(filled: Engine, elsewhere: Engine) -> None:
    data = exported(filled)
    brought(elsewhere, data)
    then, noted = recorded(elsewhere), changes(elsewhere)
    assert brought(elsewhere, data) == NOTHING
    assert brought(filled, data) == NOTHING
    assert (recorded(elsewhere), changes(elsewhere)) == (then, noted)


def test_compact_samples_leave_like_raw_ones(filled: Engine, elsewhere: Engine) -> None:
    before = exported(filled)
    compact(filled)
    assert json.loads(exported(filled)) == json.loads(before)
    brought(elsewhere, exported(filled))
    assert recorded(elsewhere) == recorded(filled)


def test_packets_come_along_so_that_clocks_can_be_fitted_again(
    filled: Engine, elsewhere: Engine
) -> None:
    brought(elsewhere, exported(filled))
    found = []
    for engine in (filled, elsewhere):
        with reading(engine) as connection:
            assert observations.wall_offset_s(connection, GATEWAY_BOOT) is not None
            found.append(dict(observations.of_stream(connection, GAPPY.key)))
    assert found[0].keys() == found[1].keys() == {GATEWAY_BOOT}
    assert np.array_equal(found[0][GATEWAY_BOOT], found[1][GATEWAY_BOOT])


def test_one_session_has_its_own_stretch_and_nothing_of_others(
    filled: Engine, elsewhere: Engine
) -> None:
    (row, *_) = (one for one in all_rows(filled) if one.wearer_id == 2 and one.kind == "automatic")
    document = json.loads(exported(filled, Selection(session_id=row.id)))
    assert [one["name"] for one in document["wearers"]] == ["Ada"]
    assert [one["sensor_id"] for one in document["sensors"]] == ["back-2"]
    brought(elsewhere, document)
    (there,) = recorded(elsewhere)
    (here,) = (without_ids(one) for one in all_records(filled) if one.id == row.id)
    assert there == here


def test_a_session_and_later_everything_is_the_same_as_everything(
    filled: Engine, elsewhere: Engine
) -> None:
    for wanted in (Selection(session_id=1), Selection(wearer_id=2), Selection()):
        brought(elsewhere, exported(filled, wanted))
    assert recorded(elsewhere) == recorded(filled)


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


def test_hidden_sessions_stay_hidden(filled: Engine, elsewhere: Engine) -> None:
    with writing(filled) as connection:
        row = sessions.one(connection, 1)
        sessions.change(connection, row, {"discarded": True}, LATER_UTC)
    brought(elsewhere, exported(filled))
    assert len(all_rows(elsewhere)) == 3
    assert len(recorded(elsewhere)) == 2


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


@pytest.mark.parametrize("is_compact", [False, True])
def test_what_is_left_after_deleting_samples_is_the_same_elsewhere(
    filled: Engine, elsewhere: Engine, is_compact: bool
) -> None:
    if is_compact:
        compact(filled)
    before_utc = START_UTC + timedelta(seconds=15)
    deletion.delete_raw(filled, 1, before_utc, LATER_UTC)
    deletion.delete_raw(filled, 2, None, LATER_UTC)
    assert brought(elsewhere, exported(filled))["sessions"] == 3
    assert recorded(elsewhere) == recorded(filled)
    assert any(part.erased_s for one in recorded(elsewhere) for part in one.parts)


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


def test_companions_hear_of_what_was_brought(filled: Engine, elsewhere: Engine) -> None:
    brought(elsewhere, exported(filled))
    with reading(elsewhere) as connection:
        found = {(one.kind, one.key) for one in changes_store.since(connection, 0, 1000)}
    assert {("stream", key) for key in (BRIDGES.key, GAPPY.key)} <= found
    assert {kind for kind, _ in found} == {"stream", "sensor", "session", "wearer"}


def decoded(text: str) -> bytes:
    return b64decode(text)


def encoded(data: bytes) -> str:
    return b64encode(data).decode()


def edited(document: Json, path: str, value: object) -> Json:
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place: Any = document
    for step in way:
        place = place[step]
    if value is None and isinstance(place, dict):
        del place[last]
    else:
        place[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("schema", "lumbar.record/2", "this version of lumbar reads lumbar.record/1"),
        ("extra", 1, "extra: not in lumbar.record/1"),
        ("streams.0.sensor_id", "nobody", "sensor nobody is not among the sensors"),
        ("streams.0.format.channels", 4, "streams format.channels"),
        ("streams.0.clock", None, "streams clock"),
        ("streams.0.stored", [[5, 5]], "needs 0 <= start < end"),
        ("streams.0.stored", [[0, 10**9]], "some of its samples are missing"),
        ("samples.0.first_index", 10**6, "not among what the stream has"),
        ("samples.0.int16", "AAAA", "not .* rows"),
        ("samples.0.sources", [], "do not add up"),
        ("sessions.0.wearer", "Nobody", "Nobody is not among the wearers"),
        ("sessions.0.started_utc", "9999-12-31T23:59:59-14:00", "must be from 1970 to 9999"),
        ("sessions.0.comfort_before", 11, "sessions comfort_before"),
        ("sessions.0.note", "\0", "should match pattern"),
        ("sessions.1.corrections.0.repetitions", 10**9, "corrections.0.repetitions"),
        ("sessions.1.parts.0.stream_id", "0" * 16, "needs each stream once, and in the file"),
        ("wearers.0.time_zone", "Mars/Olympus", "IANA"),
        ("analyses.0.parameters_sha256", "x", "analyses parameters_sha256"),
    ],
)
def test_bad_file_is_refused_with_what_to_do(
    document: bytes, path: str, value: object, complaint: str
) -> None:
    bad = edited(json.loads(document), path, value)
    with pytest.raises(BadRequestError, match=complaint):
        read_contents(io.BytesIO(json.dumps(bad).encode()))


def test_cut_off_file_is_refused(document: bytes) -> None:
    for length in (0, 1, 100, len(document) // 2, len(document) - 3):
        with pytest.raises(BadRequestError, match=r"download it again|choose a"):
            read_contents(io.BytesIO(document[:length]))
