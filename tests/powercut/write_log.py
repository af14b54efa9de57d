"""What a disk holds after a power cut, made from the log of all that was written to it.

QEMU's ``blklogwrites`` keeps the log in the format of the kernel's device-mapper target
``log-writes``. What was written before a flush is on the disk after it; of what came later, any
part may be: each sector of each write for itself.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

_SUPER = struct.Struct("<QQQI")  # magic, version, number of entries, bytes in a sector
_ENTRY = struct.Struct("<QQQQ")  # sector, number of sectors, flags, bytes of data
_MAGIC = 0x6A736677736872
_FLUSH, _FUA, _DISCARD = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One request of the machine to its disk."""

    offset: int  # on the disk, in bytes
    length: int
    data_at: int | None  # in the log; None where it only flushes or discards
    is_flush: bool
    is_durable: bool  # on the disk by itself once it is done


def length(log: Path) -> int:
    """Return how many requests are in the log: all that are done, while it is being written."""
    with log.open("rb") as file:
        head = file.read(_SUPER.size)
    if len(head) < _SUPER.size:
        return 0
    magic, _, entries, _ = _SUPER.unpack(head)
    return int(entries) if magic == _MAGIC else 0


def entries(log: Path) -> list[Entry]:
    """Return all requests, in their order."""
    with log.open("rb") as file:
        return list(_read(file, length(log)))


def _read(file: BinaryIO, n: int) -> Iterator[Entry]:
    *_, sector_bytes = _SUPER.unpack(file.read(_SUPER.size))
    at = sector_bytes
    for _ in range(n):
        file.seek(at)
        sector, sectors, flags, _ = _ENTRY.unpack(file.read(_ENTRY.size))
        at += sector_bytes
        has_data = sectors > 0 and not flags & _DISCARD
        yield Entry(
            sector * sector_bytes,
            sectors * sector_bytes,
            at if has_data else None,
            bool(flags & _FLUSH),
            bool(flags & _FUA),
        )
        at += sectors * sector_bytes if has_data else 0


def write_disk(
    disk: Path, log: Path, done: list[Entry], rng: np.random.Generator, *, sector_bytes: int = 512
) -> None:
    """Bring ``disk`` from before the first request to what a power cut after ``done`` leaves."""
    flushed = max((i + 1 for i, entry in enumerate(done) if entry.is_flush), default=0)
    kept = rng.choice([0.0, 0.5, 0.9, 1.0])  # of what was never flushed
    with disk.open("r+b") as target, log.open("rb") as source:
        for i, entry in enumerate(done):
            if entry.data_at is None:
                continue
            source.seek(entry.data_at)
            data = source.read(entry.length)
            if i < flushed or entry.is_durable:
                target.seek(entry.offset)
                target.write(data)
                continue
            for at in range(0, entry.length, sector_bytes):
                if rng.random() < kept:
                    target.seek(entry.offset + at)
                    target.write(data[at : at + sector_bytes])
