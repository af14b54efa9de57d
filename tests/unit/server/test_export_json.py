"""The whole record as JSON: it fits its schema, and brought back elsewhere it is the same."""

import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from carried import NOTHING, brought, changes, exported, recorded, without_ids
from compacted import compact
from household import (
    BRIDGES,
    GAPPY,
    LATER_UTC,
    START_UTC,
    all_records,
    all_rows,
)
from json_schema import violations
from lumbar_server import deletion
from lumbar_server.database import reading, writing
from lumbar_server.exports.document_schema import json_schema
from lumbar_server.exports.selection import Selection
from lumbar_server.store import changes as changes_store
from lumbar_server.store import observations, sessions
from stream_messages import GATEWAY_BOOT

SCHEMA = Path(__file__).parents[3] / "docs" / "record.schema.json"


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
    assert done == {"streams": 3, "samples": 7173, "sessions": 3, "corrections": 4, "screenings": 4}
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


def test_hidden_sessions_stay_hidden(filled: Engine, elsewhere: Engine) -> None:
    with writing(filled) as connection:
        row = sessions.one(connection, 1)
        sessions.change(connection, row, {"discarded": True}, LATER_UTC)
    brought(elsewhere, exported(filled))
    assert len(all_rows(elsewhere)) == 3
    assert len(recorded(elsewhere)) == 2


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


def test_companions_hear_of_what_was_brought(filled: Engine, elsewhere: Engine) -> None:
    brought(elsewhere, exported(filled))
    with reading(elsewhere) as connection:
        found = {(one.kind, one.key) for one in changes_store.since(connection, 0, 1000)}
    assert {("stream", key) for key in (BRIDGES.key, GAPPY.key)} <= found
    assert {kind for kind, _ in found} == {"stream", "sensor", "session", "wearer"}
