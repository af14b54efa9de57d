"""Named columns of numbers out of a CSV (plain or gzip) or Parquet file."""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from lumbar.errors import TraceError

FIRST_ROW = 2  # of the samples: the header is row 1
_GZIP_MAGIC, _PARQUET_MAGIC = b"\x1f\x8b", b"PAR1"
_LONGEST_SHOWN = 120
_BLOCK_BYTES = 2**20  # chosen: enough for every header, little beside a day
_CSV_BLOCK_BYTES = 2**24  # so that columns lie apart in memory, and can be given back one by one


def read_columns(
    path: Path, *, required: tuple[str, ...], optional: tuple[str, ...]
) -> dict[str, NDArray[np.float64]]:
    """Return float64 columns by name; ``optional`` ones are there all together or not at all.

    An empty cell reads as NaN, other columns are passed over, and the file's first bytes (not its
    name) tell what it is. Raises ``TraceError``.
    """
    with _opened(path) as (beginning, stream):
        if beginning.startswith(_PARQUET_MAGIC):
            table = _parquet_table(path, stream, required, optional)
        else:
            table = _csv_table(path, beginning, stream, required, optional)
    if table.num_rows == 0:
        raise TraceError(f"{path}: no samples below the header: record again, or check the export")
    columns = dict(zip(table.column_names, table.columns, strict=True))
    del table  # so that each column goes when its numbers are there
    numbers = {}
    for name in list(columns):
        numbers[name] = _numbers(path, name, columns.pop(name))
        pa.default_memory_pool().release_unused()
    return numbers


@contextmanager
def _opened(path: Path) -> Iterator[tuple[bytes, pa.NativeFile]]:
    """Open a file, unpacked where it is gzip; yield what it begins with, header and all."""
    try:
        with path.open("rb") as file:
            packed = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
            file.seek(0)
            unpacked = gzip.GzipFile(fileobj=file) if packed else file
            with _gzip_damage_told(path) if packed else nullcontext():
                beginning = _beginning(unpacked)
                while packed and unpacked.read(_BLOCK_BYTES):
                    pass  # damage anywhere is told first: nothing else in such a file counts
                unpacked.seek(0)
            if not beginning.strip():
                raise TraceError(f"{path}: the file is empty: record again, or check the export")
            yield beginning, pa.PythonFile(unpacked, mode="r")
    except IsADirectoryError:
        raise TraceError(f"{path}: a folder: name the files in it, e.g. {path}/*.csv.gz") from None
    except OSError as error:
        raise TraceError(f"{path}: cannot be read ({error.strerror}): check its name") from None


def _beginning(file: BinaryIO | gzip.GzipFile) -> bytes:
    """Read up to the end of the first line that is not blank, or more."""
    beginning = b""
    while block := file.read(_BLOCK_BYTES):
        beginning += block
        if re.search(rb"\S[^\r\n]*[\r\n]", beginning):
            break
    return beginning


@contextmanager
def _gzip_damage_told(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        raise TraceError(
            f"{path}: damaged or cut-off gzip ({_line(error)}): copy the file again"
        ) from None


def _csv_table(
    path: Path,
    beginning: bytes,
    stream: pa.NativeFile,
    required: tuple[str, ...],
    optional: tuple[str, ...],
) -> pa.Table:
    raw_names = _header(path, beginning)
    by_name = {raw.strip(): raw for raw in raw_names}
    wanted = _wanted(path, [raw.strip() for raw in raw_names], required, optional)
    raw_wanted = [by_name[name] for name in wanted]
    try:
        table = pa_csv.read_csv(
            stream,
            # without threads, so that errors name the row
            read_options=pa_csv.ReadOptions(use_threads=False, block_size=_CSV_BLOCK_BYTES),
            convert_options=pa_csv.ConvertOptions(
                include_columns=raw_wanted, column_types=dict.fromkeys(raw_wanted, pa.float64())
            ),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        raise TraceError(f"{path}: {_csv_complaint(error, raw_names)}") from None
    return table.rename_columns(wanted)


def _header(path: Path, beginning: bytes) -> list[str]:
    lines = beginning.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    try:
        text = re.split(rb"[\r\n]", lines, maxsplit=1)[0].decode()
        return next(csv.reader([text]), [])
    except (UnicodeDecodeError, csv.Error):
        raise TraceError(
            f"{path}: neither CSV text (UTF-8), gzip nor Parquet: export it as one of these"
        ) from None


def _csv_complaint(error: Exception, raw_names: list[str]) -> str:
    """Say what pyarrow found, in our words: it counts rows like us, columns from 0."""
    message = _line(error)
    row = re.search(r"Row #(\d+)", message)
    where = f" in row {row[1]}" if row else ""
    bad_value = re.search(r"column #(\d+).*invalid value (.*)", message)
    if bad_value:
        name = raw_names[int(bad_value[1])].strip()
        return f"{name} is {bad_value[2]}{where}, not a number: correct it or leave the row out"
    bad_width = re.search(r"Expected (\d+) columns, got (\d+)", message)
    if bad_width:
        return (
            f"{bad_width[2]} columns{where}, {bad_width[1]} in the header: the file may be cut "
            "off; correct the row or leave it out"
        )
    return f"not readable as CSV ({message}): export it again"


def _parquet_table(
    path: Path, stream: pa.NativeFile, required: tuple[str, ...], optional: tuple[str, ...]
) -> pa.Table:
    import pyarrow.parquet as pa_parquet  # slow to import, and most traces are CSV

    with _damage_told(path):
        file = pa_parquet.ParquetFile(stream)
        found = file.schema_arrow.names
    wanted = _wanted(path, found, required, optional)
    with _damage_told(path):
        return file.read(columns=wanted).select(wanted)


@contextmanager
def _damage_told(path: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise TraceError(f"{path}: damaged Parquet ({_line(error)}): copy the file again") from None


def _wanted(
    path: Path, found: list[str], required: tuple[str, ...], optional: tuple[str, ...]
) -> list[str]:
    expected = [*required, *(optional if set(optional) & set(found) else ())]
    doubled = [name for name in expected if found.count(name) > 1]
    if doubled:
        raise TraceError(
            f"{path}: more than one column is called {doubled[0]}: rename or remove the others"
        )
    missing = [name for name in expected if name not in found]
    if missing:
        shown = ", ".join(name if name.isprintable() else ascii(name) for name in found)
        shown = shown if len(shown) <= _LONGEST_SHOWN else shown[:_LONGEST_SHOWN] + "..."
        raise TraceError(
            f"{path}: missing columns: {', '.join(missing)} (found: {shown}): a trace has the "
            f"header {','.join(required)} and, with a gyro, {','.join(optional)}"
        )
    return expected


def _numbers(path: Path, name: str, column: pa.ChunkedArray) -> NDArray[np.float64]:
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        raise TraceError(f"{path}: {name} holds {column.type}, not numbers: write it as float64")
    numbers = np.empty(len(column))  # numpy's own: given back as soon as it is let go
    start = 0
    for chunk in column.cast(pa.float64(), safe=False).chunks:
        numbers[start : start + len(chunk)] = chunk.to_numpy(zero_copy_only=False)
        start += len(chunk)
    return numbers


def _line(error: Exception) -> str:
    text = " ".join(str(error).split())
    text = "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."
