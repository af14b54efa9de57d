"""A zip that leaves while it is made, out of files that are there."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

_BLOCK_BYTES = 2**18


class _Outflow(io.RawIOBase):
    """Keeps what is written until it is taken; cannot be sought in."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def zipped(files: Sequence[Path], *, packed: bool) -> Iterator[bytes]:
    """Yield a zip of ``files`` under their bare names.

    Parameters
    ----------
    packed
        False where the files are small by themselves.
    """
    outflow = _Outflow()
    method = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(outflow, "w", method) as archive:
        for path in files:
            with path.open("rb") as file, archive.open(path.name, "w", force_zip64=True) as entry:
                while block := file.read(_BLOCK_BYTES):
                    entry.write(block)
                    yield outflow.take()
            yield outflow.take()
    yield outflow.take()
