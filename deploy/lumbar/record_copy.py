"""``lumbar export`` and ``lumbar import`` of the record: a file of any form, and back."""

from __future__ import annotations

import gzip
import os
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO, cast

from lumbar.errors import UsageError
from lumbar.service_settings import server_settings
from lumbar.stored_database import stored_database
from lumbar_server.database import migrate, open_engine
from lumbar_server.exports.forms import Form, download
from lumbar_server.exports.selection import Selection
from lumbar_server.imports.record_file import import_record

_ENDINGS = {
    ".json": Form.JSON,
    ".json.gz": Form.JSON,
    ".csv.zip": Form.CSV,
    ".parquet.zip": Form.PARQUET,
    ".fit": Form.FIT,
    ".fit.zip": Form.FIT,
    ".labels.jsonl": Form.LABELS,
    ".jsonl": Form.LABELS,
}
_BLOCK_BYTES = 2**20
_GZIP_MAGIC = b"\x1f\x8b"


def form_of(path: Path, name: str | None) -> Form | None:
    """Return the form that a file's ending says, or ``name``; None for a trace of one sensor.

    Raises ``UsageError`` where neither says one.
    """
    if name is not None:
        try:
            return Form(name)
        except ValueError:
            raise UsageError(
                f"no form is called {name!r}; choose one of: {', '.join(Form)}"
            ) from None
    if path.name.endswith((".csv", ".csv.gz", ".parquet")):
        return None
    for ending, form in _ENDINGS.items():
        if path.name.endswith(ending):
            return form
    raise UsageError(
        f"{path}: name it {', '.join(_ENDINGS)}, or .csv, .csv.gz or .parquet for one sensor's "
        "samples; or give --form"
    )


def run_record_export(path: Path, form: Form, wanted: Selection, data: Path | None) -> None:
    """Write a copy of the record; a file is there whole or not at all."""
    if form is Form.FIT and wanted.session_id is None and not path.name.endswith(".zip"):
        raise UsageError(
            f"{path}: a FIT file is one session: give --session with its number, or name it "
            ".fit.zip for all"
        )
    engine = open_engine(stored_database(data))
    try:
        file = download(engine, form, wanted, datetime.fromtimestamp(time.time(), UTC))
        with _taking_its_place(path) as into:
            for block in file.blocks:
                into.write(block)
    finally:
        engine.dispose()
    print(f"{path}: {path.stat().st_size:,} bytes")


@contextmanager
def _taking_its_place(path: Path) -> Iterator[IO[bytes]]:
    """Write beside ``path`` first, so that what was there stays where something fails."""
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as file:
            if path.name.endswith(".gz"):
                with gzip.GzipFile(filename="", fileobj=file, mode="wb") as packed:
                    yield cast(IO[bytes], packed)
            else:
                yield file
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def run_import(path: Path, data: Path | None) -> None:
    """Bring a ``lumbar.record/1`` file, plain or gzip, into a database; makes it where it is not.

    Raises what ``import_record`` raises.
    """
    url = server_settings().database_url if data is None else f"sqlite:///{data / 'lumbar.db'}"
    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
    with _unpacked(path) as file:
        migrate(url)
        engine = open_engine(url)
        try:
            done = import_record(engine, file, datetime.fromtimestamp(time.time(), UTC))
        finally:
            engine.dispose()
    if not any(done.values()):
        print(f"{path}: everything in it is here already")
        return
    print(f"{path}: " + ", ".join(f"{number:,} {name}" for name, number in done.items()) + " new")


@contextmanager
def _unpacked(path: Path) -> Iterator[BinaryIO]:
    with path.open("rb") as file:
        is_packed = file.read(2) == _GZIP_MAGIC
        file.seek(0)
        if not is_packed:
            yield file
            return
        with gzip.GzipFile(fileobj=file) as packed, TemporaryFile(prefix="lumbar-") as plain:
            try:
                while block := packed.read(_BLOCK_BYTES):
                    plain.write(block)
            except (gzip.BadGzipFile, EOFError, zlib.error) as error:
                raise UsageError(f"{path}: damaged gzip ({error}): copy the file again") from None
            yield cast(BinaryIO, plain)
