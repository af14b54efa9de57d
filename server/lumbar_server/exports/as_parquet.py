"""Results and samples as a zip of Parquet files, one a table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pa_parquet
from sqlalchemy import Connection

from lumbar_server.exports.answer_tables import ANSWER_TABLES, AnswerTable
from lumbar_server.exports.selection import Selection, records, selected_streams
from lumbar_server.exports.tables import TABLES, Kind, ResultTable
from lumbar_server.exports.zip_flow import zipped
from lumbar_server.store import samples
from lumbar_server.store.samples import Run
from lumbar_server.store.streams import StreamRecord

_INSTANT = pa.timestamp("us", tz="UTC")
_TYPES: dict[Kind, pa.DataType] = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "text": pa.string(),
    "instant": _INSTANT,
    "boolean": pa.bool_(),
}
_STREAMS = pa.schema(
    {
        "stream_id": pa.string(),
        "sensor_id": pa.string(),
        "sampling_rate_hz": pa.float64(),
        "g_per_step": pa.float64(),
        "dps_per_step": pa.float64(),
        "channels": pa.int64(),
        "wall_at_zero_s": pa.float64(),
        "wall_s_per_sample": pa.float64(),
        "clock_source": pa.string(),
        "clock_observed_s": pa.float64(),
        "state": pa.string(),
        "end_index": pa.int64(),
        "stored": pa.list_(pa.list_(pa.int64(), 2)),
        "lost": pa.list_(pa.list_(pa.int64(), 2)),
        "erased": pa.list_(pa.list_(pa.int64(), 2)),
    }
)
_AXES = ("ax", "ay", "az", "gx", "gy", "gz")
_SAMPLES = pa.schema(
    {
        "stream_id": pa.dictionary(pa.int32(), pa.string()),
        "index": pa.int64(),
        "at_utc": _INSTANT,
        **{axis: pa.int16() for axis in _AXES},
    }
)


def export_parquet(connection: Connection, wanted: Selection) -> Iterator[bytes]:
    """Yield the zip; samples are the sensor's own steps, ``streams`` says what one is worth."""
    with TemporaryDirectory(prefix="lumbar-") as name:
        folder = Path(name)
        _write_results(connection, wanted, folder)
        _write_answers(connection, wanted, folder)
        _write_samples(connection, wanted, folder)
        yield from zipped(sorted(folder.iterdir()), packed=True)


def _write_results(connection: Connection, wanted: Selection, folder: Path) -> None:
    with ExitStack() as opened:
        writers = {
            table.name: opened.enter_context(
                pa_parquet.ParquetWriter(folder / f"{table.name}.parquet", _schema(table))
            )
            for table in TABLES
        }
        for one in records(connection, wanted):
            for table in TABLES:
                rows = list(table.rows_of(one))
                if rows:
                    columns = [list(column) for column in zip(*rows, strict=True)]
                    writers[table.name].write(pa.table(columns, schema=_schema(table)))


def _write_answers(connection: Connection, wanted: Selection, folder: Path) -> None:
    for table in ANSWER_TABLES:
        rows = table.rows_in(connection, wanted)
        found = [dict(zip(table.columns, row, strict=True)) for row in rows]
        path = folder / f"{table.name}.parquet"
        pa_parquet.write_table(pa.Table.from_pylist(found, _schema(table)), path)


def _schema(table: ResultTable | AnswerTable) -> pa.Schema:
    return pa.schema({name: _TYPES[kind] for name, kind in table.columns.items()})


def _write_samples(connection: Connection, wanted: Selection, folder: Path) -> None:
    with (
        pa_parquet.ParquetWriter(folder / "streams.parquet", _STREAMS) as about,
        pa_parquet.ParquetWriter(
            folder / "samples.parquet",
            _SAMPLES,
            compression="zstd",
            use_dictionary=["stream_id"],
            column_encoding=dict.fromkeys(("index", "at_utc", *_AXES), "DELTA_BINARY_PACKED"),
        ) as into,
    ):
        for selected in selected_streams(connection, wanted):
            one = selected.record
            about.write_table(pa.Table.from_pylist([_about(one)], _STREAMS))
            channels = one.sample_format.channels if one.sample_format else 0
            for first, end in selected.kept if channels else ():
                for run in samples.read(connection, one.stream_id, channels, first, end):
                    into.write_table(_counts(one, run))


def _about(one: StreamRecord) -> dict[str, object]:
    form, clock = one.sample_format, one.clock
    return {
        "stream_id": one.stream_id,
        "sensor_id": one.sensor_id,
        "sampling_rate_hz": form.sampling_rate_hz if form else None,
        "g_per_step": form.g_per_step if form else None,
        "dps_per_step": form.dps_per_step if form else None,
        "channels": form.channels if form else None,
        "wall_at_zero_s": clock.wall_at_zero_s if clock else None,
        "wall_s_per_sample": clock.wall_s_per_sample if clock else None,
        "clock_source": clock.source.name.lower() if clock else None,
        "clock_observed_s": clock.observed_s if clock else None,
        "state": one.state.value,
        "end_index": one.end_index,
        "stored": [list(pair) for pair in one.stored],
        "lost": [list(pair) for pair in one.lost],
        "erased": [list(pair) for pair in one.erased],
    }


def _counts(one: StreamRecord, run: Run) -> pa.Table:
    assert one.clock is not None  # samples came, so it is known
    index = np.arange(run.first_index, run.end_index)
    wall_s = one.clock.wall_at_zero_s + index * one.clock.wall_s_per_sample
    n, channels = run.samples.shape
    return pa.table(
        {
            "stream_id": pa.array([one.stream_id] * n).dictionary_encode(),
            "index": index,
            "at_utc": pa.array(np.rint(wall_s * 1e6).astype(np.int64), _INSTANT),
            **{axis: run.samples[:, i] for i, axis in enumerate(_AXES[:channels])},
            **{axis: pa.nulls(n, pa.int16()) for axis in _AXES[channels:]},
        },
        schema=_SAMPLES,
    )
