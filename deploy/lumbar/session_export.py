"""``lumbar export``: a stored session as a trace file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pa_parquet
from numpy.typing import NDArray

from lumbar.errors import UsageError
from lumbar.service_settings import server_settings
from lumbar.sqlite_file import sqlite_file
from lumbar.trace import ACC_COLUMNS, GYRO_COLUMNS
from lumbar_server.database import open_engine, reading
from lumbar_server.store import samples, sessions

_TIME_DECIMALS, _ACC_DECIMALS, _GYRO_DECIMALS = 6, 7, 5  # finer than half a step of any sensor


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    session_id: int
    sensor_id: str
    samples: int
    coverage: float


def run_export(path: Path, *, session_id: int | None, data: Path | None) -> None:
    """Export out of a household's folder, or of the database that the environment names."""
    url = server_settings().database_url if data is None else f"sqlite:///{data / 'lumbar.db'}"
    file = sqlite_file(url)
    if file is not None and not file.exists():
        raise UsageError(
            f"{file} does not exist: give --data the folder of lumbar up, or set "
            "LUMBAR_SERVER_DATABASE_URL"
        )
    done = export_session(url, session_id, path)
    print(
        f"session {done.session_id} of {done.sensor_id}: {done.samples} samples, "
        f"{done.coverage:.1%} of what was taken, in {path}"
    )


def export_session(database_url: str, session_id: int | None, path: Path) -> Exported:
    """Write the samples of a session, of the newest where ``session_id`` is None.

    The name of ``path`` decides the form: .csv, .csv.gz or .parquet. Times count from the
    stream's first index; what is missing is a step in them.

    Raises ``UsageError`` for another name, and where there is no such session.
    """
    write = _writer(path)
    engine = open_engine(database_url)
    try:
        with reading(engine) as connection:
            if session_id is None:
                row = next(iter(sessions.newest(connection, None, None, 1)), None)
            else:
                row = sessions.one(connection, session_id)
            if row is None:
                wanted = "session yet" if session_id is None else f"session {session_id}"
                raise UsageError(f"no {wanted} is stored: the pages list all there are")
            runs = list(samples.read(connection, row.stream_id, row.channels, 0, 2**48))
    finally:
        engine.dispose()
    index = np.concatenate([np.arange(run.first_index, run.end_index) for run in runs])
    counts = np.concatenate([run.samples for run in runs])
    write(_table(row, index, counts), path)
    return Exported(row.id, row.sensor_id, len(index), row.coverage)


def _table(row: Any, index: NDArray[np.int64], counts: NDArray[np.int16]) -> pa.Table:
    columns = {"t_s": np.round(index / row.sampling_rate_hz, _TIME_DECIMALS)}
    for axis, name in enumerate(ACC_COLUMNS):
        columns[name] = np.round(counts[:, axis] * row.g_per_step, _ACC_DECIMALS)
    for axis, name in enumerate(GYRO_COLUMNS[: counts.shape[1] - len(ACC_COLUMNS)], 3):
        columns[name] = np.round(counts[:, axis] * row.dps_per_step, _GYRO_DECIMALS)
    return pa.table(columns)


def _writer(path: Path) -> Any:
    if path.name.endswith((".csv", ".csv.gz")):
        return _write_csv
    if path.suffix == ".parquet":
        return pa_parquet.write_table
    raise UsageError(f"{path}: name it .csv, .csv.gz or .parquet")


def _write_csv(table: pa.Table, path: Path) -> None:
    compression = "gzip" if path.suffix == ".gz" else None
    with pa.output_stream(path, compression=compression) as stream:
        stream.write(f"{','.join(table.column_names)}\n".encode())
        pa_csv.write_csv(table, stream, pa_csv.WriteOptions(include_header=False))
