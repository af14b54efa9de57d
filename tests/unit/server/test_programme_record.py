"""What people said of the programme is theirs: counted, taken away, brought back, deleted."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta

import pyarrow.parquet as pa_parquet
import pytest
from sqlalchemy import Engine

from carried import NOTHING, brought, exported
from household import LATER_UTC, all_rows
from ingested import STREAM, commit
from lumbar_server import deletion, planned_sessions
from lumbar_server.database import reading, writing
from lumbar_server.errors import ConflictError
from lumbar_server.exports.answer_tables import ANSWER_TABLES
from lumbar_server.exports.as_csv import cell, export_csv
from lumbar_server.exports.as_parquet import export_parquet
from lumbar_server.exports.selection import Selection
from lumbar_server.follow import follow
from lumbar_server.imports.programme import followed_here
from lumbar_server.ingest import Ingest
from lumbar_server.programme.past import NextDay
from lumbar_server.roster import Roster
from lumbar_server.store import (
    plan_choices,
    programme_settings,
    said,
    screenings,
    sessions,
    sizes,
    streams,
    wearers,
    whole,
)
from lumbar_server.store.screenings import ScreeningKind

PROGRAMME = ("prescriptions", "blocks", "stops", "next_days", "screenings", "plan_choices")
EACH = 6  # answers of each wearer: a block's, a stop, a day after, two screenings, a choice


def rows_in(engine: Engine) -> dict[str, int]:
    with reading(engine) as connection:
        return {one.name: one.rows for one in whole.sums(connection) if one.name in PROGRAMME}


def planned_id(engine: Engine, wearer_id: int) -> int:
    return next(row.id for row in all_rows(engine) if row.wearer_id == wearer_id and row.note)


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_answers_are_counted(filled: Engine) -> None:
    with reading(filled) as connection:
        assert [one.answers for one in sizes.of_wearers(connection)] == [EACH, EACH]


def test_everything_of_a_session_comes_along(filled: Engine, anywhere: Engine) -> None:
    brought(anywhere, exported(filled))
    for wearer_id in (1, 2):
        found = []
        for engine in (filled, anywhere):
            session_id = planned_id(engine, wearer_id)
            with reading(engine) as connection:
                found.append(followed_here(connection, session_id))
        assert found[0] == found[1]
        assert not found[0].is_silent


def test_what_a_wearer_answered_chose_and_set_comes_along_once(
    filled: Engine, elsewhere: Engine
) -> None:
    data = exported(filled)
    assert brought(elsewhere, data)["screenings"] == 4
    assert brought(elsewhere, data) == NOTHING
    with reading(filled) as here, reading(elsewhere) as there:
        for wearer_id in (1, 2):
            mine = [
                [(one.kind, one.yes, one.cleared_on, one.at_utc) for one in answered]
                for answered in (
                    screenings.of_wearer(here, wearer_id),
                    screenings.of_wearer(there, wearer_id),
                )
            ]
            assert mine[0] == mine[1]
            assert plan_choices.of_wearer(here, wearer_id) == plan_choices.of_wearer(
                there, wearer_id
            )
            assert programme_settings.find(here, wearer_id) == programme_settings.find(
                there, wearer_id
            )


def test_what_was_set_here_stays(filled: Engine, elsewhere: Engine) -> None:
    with writing(elsewhere) as connection:
        before = programme_settings.of_wearer(connection, 1)
        programme_settings.change(connection, before, {"amber_from": 1}, LATER_UTC)
    brought(elsewhere, exported(filled))
    with reading(elsewhere) as connection:
        assert programme_settings.of_wearer(connection, 1).amber_from == 1


def test_who_has_answered_here_is_not_taken_for_the_first_of_a_file(
    filled: Engine, elsewhere: Engine
) -> None:
    with writing(filled) as connection:
        wearers.change(connection, 1, {"name": "Bea"}, LATER_UTC)
    with writing(elsewhere) as connection:
        assert not whole.is_in_use(connection)
        mine = screenings.add(connection, 1, ScreeningKind.FULL, ["skin"], None, LATER_UTC)
        assert whole.is_in_use(connection)
    brought(elsewhere, exported(filled))
    with reading(elsewhere) as connection:
        assert wearers.one(connection, 1).name == "Me"
        assert screenings.of_wearer(connection, 1) == [mine]


def test_one_session_tells_nothing_of_what_was_answered_beside_it(filled: Engine) -> None:
    session_id = planned_id(filled, 1)
    document = json.loads(exported(filled, Selection(session_id=session_id)))
    (wearer,) = document["wearers"]
    assert (wearer["screenings"], wearer["choices"], wearer["programme"]) == ([], [], None)
    (session,) = document["sessions"]
    assert session["prescription"]["lines"][0]["exercise"] == "glute_bridge"
    assert session["comfort_during"] == 9


def test_another_answer_for_the_day_after_is_refused(filled: Engine, elsewhere: Engine) -> None:
    data = exported(filled)
    brought(elsewhere, data)
    with writing(elsewhere) as connection:
        row = sessions.one(connection, planned_id(elsewhere, 1))
        planned_sessions.say_next_day(connection, row, NextDay.WORSE, LATER_UTC)
    with pytest.raises(ConflictError, match="differs: next_day; nothing was imported"):
        brought(elsewhere, data)


def test_a_file_from_before_there_was_a_programme_is_read(
    filled: Engine, elsewhere: Engine
) -> None:
    document = json.loads(exported(filled))
    for wearer in document["wearers"]:
        for name in ("screenings", "choices", "programme"):
            del wearer[name]
    for session in document["sessions"]:
        for name in ("comfort_during", "prescription", "blocks", "stop", "next_day"):
            del session[name]
    for analysis in document["analyses"]:
        del analysis["calibration"]
    assert brought(elsewhere, document)["sessions"] == 3
    assert set(rows_in(elsewhere).values()) == {0}


def test_every_answer_comes_back_from_csv_and_parquet(filled: Engine) -> None:
    with reading(filled) as connection:
        wanted = Selection()
        as_csv = unzipped(b"".join(export_csv(connection, wanted)))
        as_parquet = unzipped(b"".join(export_parquet(connection, wanted)))
        for table in ANSWER_TABLES:
            rows = list(table.rows_in(connection, wanted))
            assert rows
            header, *lines = csv.reader(
                io.StringIO(as_csv[f"{table.name}.csv"].decode(), newline="")
            )
            assert header == list(table.columns)
            assert lines == [[cell(value) for value in row] for row in rows]
            read = pa_parquet.read_table(io.BytesIO(as_parquet[f"{table.name}.parquet"]))
            assert [tuple(row.values()) for row in read.to_pylist()] == rows


@pytest.mark.parametrize("wanted", [Selection(session_id=1), Selection(wearer_id=2)], ids=str)
def test_tables_have_nothing_of_others(filled: Engine, wanted: Selection) -> None:
    with reading(filled) as connection:
        for table in ANSWER_TABLES:
            for row in table.rows_in(connection, wanted):
                mine = dict(zip(table.columns, row, strict=True))
                if "wearer_id" in mine:
                    assert mine["wearer_id"] == wanted.wearer_id
                else:
                    owner = sessions.one(connection, int(str(mine["session_id"]))).wearer_id
                    assert wanted.wearer_id in (None, owner)


def test_a_hidden_session_is_in_no_table(filled: Engine) -> None:
    with writing(filled) as connection:
        row = sessions.one(connection, planned_id(filled, 2))
        sessions.change(connection, row, {"discarded": True}, LATER_UTC)
    with reading(filled) as connection:
        for table in ANSWER_TABLES[:3]:
            assert list(table.rows_in(connection, Selection(wearer_id=2))) == []


def test_a_deleted_session_takes_its_answers_along(filled: Engine) -> None:
    before = rows_in(filled)
    receipt = deletion.delete_session(filled, planned_id(filled, 1), LATER_UTC)
    assert receipt.answers == 3
    assert rows_in(filled) == before | {
        "prescriptions": 1,
        "blocks": 2,
        "stops": 1,
        "next_days": 1,
    }


def test_with_everything_all_answers_go(filled: Engine) -> None:
    receipt = deletion.delete_everything(filled, 2, LATER_UTC + timedelta(hours=1))
    assert receipt.answers == EACH
    with reading(filled) as connection:
        assert said.by_wearer(connection) == {1: EACH}
        assert screenings.of_wearer(connection, 2) == []
        assert programme_settings.find(connection, 2) is None
        assert plan_choices.of_wearer(connection, 2) == []


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_session_in_which_nothing_is_found_any_more_stays_if_it_was_answered_about(
    engine: Engine, ingest: Ingest, is_answered: bool
) -> None:
    commit(ingest, *STREAM.batches(50), STREAM.end())
    (row,) = all_rows(engine)
    with writing(engine) as connection:
        if is_answered:
            planned_sessions.say_next_day(connection, row, NextDay.USUAL, LATER_UTC)
        stream = streams.read(connection, [STREAM.key])[STREAM.key]
        follow(connection, Roster(), [(stream, ())], LATER_UTC)
    assert len(all_rows(engine)) == is_answered
