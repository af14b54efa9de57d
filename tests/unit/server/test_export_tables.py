"""Results as CSV and Parquet: what is read back is what is recorded."""

import csv
import io
import zipfile
from datetime import datetime

import pyarrow.parquet as pa_parquet
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from household import BRIDGES, GAPPY, NOTE, all_records
from lumbar_server.database import reading
from lumbar_server.exports.as_csv import cell, export_csv
from lumbar_server.exports.as_parquet import export_parquet
from lumbar_server.exports.selection import Selection
from lumbar_server.exports.tables import TABLES, Kind

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def exported_csv(engine: Engine, wanted: Selection) -> dict[str, list[list[str]]]:
    with reading(engine) as connection:
        files = unzipped(b"".join(export_csv(connection, wanted)))
    return {
        name.removesuffix(".csv"): list(csv.reader(io.StringIO(data.decode(), newline="")))
        for name, data in files.items()
    }


def exported_parquet(engine: Engine, wanted: Selection) -> dict[str, list[dict[str, object]]]:
    with reading(engine) as connection:
        files = unzipped(b"".join(export_parquet(connection, wanted)))
    return {
        name.removesuffix(".parquet"): pa_parquet.read_table(io.BytesIO(data)).to_pylist()
        for name, data in files.items()
    }


def value_of(text: str, kind: Kind) -> object:
    """Read a cell as ``docs/exports.md`` says."""
    if text == "" and kind != "text":
        return None
    match kind:
        case "integer":
            return int(text)
        case "number":
            return float(text)
        case "instant":
            return datetime.fromisoformat(text)
        case "boolean":
            return text == "true"
        case "text":
            return text.removeprefix("'")


def test_every_row_comes_back_from_csv(filled: Engine) -> None:
    found = exported_csv(filled, Selection())
    for table in TABLES:
        header, *lines = found[table.name]
        assert header == list(table.columns)
        kinds = table.columns.values()
        rows = [
            tuple(value_of(text, kind) for text, kind in zip(line, kinds, strict=True))
            for line in lines
        ]
        recorded = [
            tuple("" if (value, kind) == (None, "text") else value for value, kind in pairs)
            for one in all_records(filled)
            for row in table.rows_of(one)
            for pairs in [zip(row, kinds, strict=True)]
        ]
        assert rows == recorded
    assert all(len(found[name]) > 1 for name in ("repetitions", "holds", "postures", "gaps"))


def test_every_row_comes_back_from_parquet(filled: Engine) -> None:
    found = exported_parquet(filled, Selection())
    for table in TABLES:
        recorded = [row for one in all_records(filled) for row in table.rows_of(one)]
        assert [tuple(row.values()) for row in found[table.name]] == recorded


def test_the_wearers_word_stands_first_and_what_was_detected_beside_it(filled: Engine) -> None:
    header, *lines = exported_csv(filled, Selection(wearer_id=1))["sets"]
    corrected, unseen, *_ = [dict(zip(header, line, strict=True)) for line in lines]
    assert (corrected["repetitions"], corrected["detected_repetitions"]) == ("7", "5")
    assert (unseen["exercise"], unseen["longest_hold_s"]) == ("forearm_plank", "31.5")
    assert (unseen["detected_exercise"], unseen["confidence"]) == ("", "")


def test_one_wearer_has_nothing_of_another(filled: Engine) -> None:
    header, *lines = exported_csv(filled, Selection(wearer_id=2))["sessions"]
    assert {line[header.index("wearer")] for line in lines} == {"Ada"}
    assert len(lines) == 2
    streams = exported_parquet(filled, Selection(wearer_id=2))["streams"]
    assert [one["sensor_id"] for one in streams] == ["back-2"]


def test_samples_come_back_from_parquet_to_the_bit(filled: Engine) -> None:
    rows = exported_parquet(filled, Selection())["samples"]
    bridges = [row for row in rows if row["stream_id"] == BRIDGES.key]
    assert [[row[axis] for axis in ("ax", "ay", "az")] for row in bridges] == (
        BRIDGES.samples.tolist()
    )
    assert {row["gx"] for row in bridges} == {None}
    gappy = [row["index"] for row in rows if row["stream_id"] == GAPPY.key]
    assert gappy == [*range(700), *range(740, len(GAPPY.samples))]


def test_one_session_has_only_its_own_stretch_of_samples(filled: Engine) -> None:
    with reading(filled) as connection:
        files = unzipped(b"".join(export_parquet(connection, Selection(session_id=2))))
    rows = pa_parquet.read_table(io.BytesIO(files["samples.parquet"])).to_pylist()
    (kept,) = (one for one in all_records(filled) if one.id == 2)
    (part,) = kept.parts
    assert {row["stream_id"] for row in rows} == {GAPPY.key}
    assert len(rows) == part.stored_samples
    assert min(row["index"] for row in rows) == part.first_index


def test_note_that_looks_like_a_formula_is_text(filled: Engine) -> None:
    header, *lines = exported_csv(filled, Selection(wearer_id=1))["sessions"]
    assert lines[0][header.index("note")] == "'" + NOTE


@given(st.text())
def test_no_text_begins_a_formula_and_all_of_it_comes_back(text: str) -> None:
    shown = cell(text)
    assert not shown.startswith(_FORMULA)
    assert value_of(shown, "text") == text
