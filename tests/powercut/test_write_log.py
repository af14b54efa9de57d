"""What is on a disk after a power cut: all that was flushed, any part of the rest."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from write_log import Entry, entries, length, write_disk

SECTOR = 512
FLUSH = b""


def write_log(path: Path, requests: list[tuple[int, bytes]]) -> None:
    """Write what QEMU would: a sector number and its data, or nothing for a flush."""
    parts = [struct.pack("<QQQI", 0x6A736677736872, 1, len(requests), SECTOR).ljust(SECTOR, b"\0")]
    for sector, data in requests:
        flags = 1 if data == FLUSH else 0
        head = struct.pack("<QQQQ", sector, len(data) // SECTOR, flags, 0)
        parts += [head.ljust(SECTOR, b"\0"), data]
    path.write_bytes(b"".join(parts))


def sectors(*fill: int) -> bytes:
    return b"".join(bytes([one]) * SECTOR for one in fill)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log"
    write_log(path, [(0, sectors(1, 1)), (1, sectors(2)), (0, FLUSH), (2, sectors(3, 3, 3, 3))])
    return path


def disk_after(log: Path, done: list[Entry], seed: int) -> list[int]:
    """Return the first byte of every sector of a disk of zeros."""
    disk = log.with_name("disk")
    disk.write_bytes(bytes(8 * SECTOR))
    write_disk(disk, log, done, np.random.default_rng(seed))
    return list(disk.read_bytes()[::SECTOR])


def test_the_log_is_read_as_qemu_writes_it(log: Path) -> None:
    assert length(log) == 4
    assert [(one.offset, one.length, one.is_flush) for one in entries(log)] == [
        (0, 1024, False),
        (512, 512, False),
        (0, 0, True),
        (1024, 2048, False),
    ]


def test_a_log_that_is_not_begun_is_empty(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(bytes(4096))
    assert length(tmp_path / "log") == 0


def test_what_was_flushed_is_there_in_its_order(log: Path) -> None:
    assert disk_after(log, entries(log)[:3], 1) == [1, 2, 0, 0, 0, 0, 0, 0]


def test_of_what_was_not_flushed_any_sector_may_be_there(log: Path) -> None:
    found = {tuple(disk_after(log, entries(log), seed)) for seed in range(40)}
    assert {disk[:2] for disk in found} == {(1, 2)}
    tails = {disk[2:6] for disk in found}
    assert (0, 0, 0, 0) in tails
    assert (3, 3, 3, 3) in tails
    assert len(tails) > 4
    assert {disk[6:] for disk in found} == {(0, 0)}
