"""Writes a trace file: CSV, plain or gzip, or Parquet, as the file's name says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from lumbar.errors import UsageError
from lumbar.trace import ACC_COLUMNS, GYRO_COLUMNS

ENDINGS = (".csv", ".csv.gz", ".parquet")
_TIME_DECIMALS, _ACC_DECIMALS, _GYRO_DECIMALS = 6, 7, 5  # finer than half a step of any sensor


def check_trace_name(path: Path) -> None:
    """Raise ``UsageError`` where the name does not say how to write the trace."""
    if not path.name.endswith(ENDINGS):
        raise UsageError(f"{path}: name it .csv, .csv.gz or .parquet")


def trace_table(
    index: NDArray[np.int64],
    counts: NDArray[np.int16],
    *,
    sampling_rate_hz: float,
    g_per_step: float,
    dps_per_step: float,
) -> pa.Table:
    """Return the columns of a trace; times count from index 0, a gap is a step in them.

    Parameters
    ----------
    index, counts
        Shapes ``(n,)`` and ``(n, 3)``, with a gyro ``(n, 6)``.
    """
    columns = {"t_s": np.round(index / sampling_rate_hz, _TIME_DECIMALS)}
    for axis, name in enumerate(ACC_COLUMNS):
        columns[name] = np.round(counts[:, axis] * g_per_step, _ACC_DECIMALS)
    for axis, name in enumerate(GYRO_COLUMNS[: counts.shape[1] - len(ACC_COLUMNS)], 3):
        columns[name] = np.round(counts[:, axis] * dps_per_step, _GYRO_DECIMALS)
    return pa.table(columns)


def write_trace(table: pa.Table, path: Path) -> None:
    """Write the columns into a file; raises ``UsageError`` for a name of another kind."""
    check_trace_name(path)
    if path.suffix == ".parquet":
        import pyarrow.parquet as pa_parquet  # slow to import

        pa_parquet.write_table(table, path)
        return
    compression = "gzip" if path.suffix == ".gz" else None
    with pa.output_stream(path, compression=compression) as stream:
        stream.write(f"{','.join(table.column_names)}\n".encode())
        pa_csv.write_csv(table, stream, pa_csv.WriteOptions(include_header=False))
