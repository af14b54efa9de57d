"""A spool that a disk has damaged: what is whole goes on, what is not is asked for again."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from bad_disks import overwrite
from gateway_streams import STREAM, packet
from lumbar_gateway.errors import SpoolError
from lumbar_gateway.giving_up import DAMAGED
from lumbar_gateway.messages import Ack, IndexRanges
from lumbar_gateway.salvage import open_or_salvage
from lumbar_gateway.spool import SpoolFile
from lumbar_gateway.streams import LostRange

ID = STREAM.stream_id


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A spool of some hundred packets, the first ten acknowledged, closed properly."""
    path = tmp_path / "spool.db"
    file = SpoolFile(path)
    file.register(STREAM)
    file.append([packet(start, start + 100) for start in range(0, 30_000, 100)])
    file.declare_lost(LostRange(ID, 30_000, 30_010, "gone"))
    file.apply_acks([Ack(ID, IndexRanges([(0, 1000)]), IndexRanges(), None)])
    file.close()
    return path


def change(path: Path, sql: str) -> None:
    with sqlite3.connect(path) as db:
        db.execute(sql)
    db.close()


def held(file: SpoolFile) -> IndexRanges:
    rows = file.rows_after(ID, 0, 10_000)
    return IndexRanges((row.packet.first_index, row.packet.end_index) for row in rows)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE packet SET body = zeroblob(600) WHERE row = 20",
        "UPDATE packet SET ticks = ticks + 1 WHERE row = 20",
        "UPDATE packet SET live = 0 WHERE row = 20",
        "UPDATE packet SET crc = crc + 1 WHERE row = 20",
    ],
)
def test_a_damaged_packet_is_asked_for_again(
    path: Path, sql: str, caplog: pytest.LogCaptureFixture
) -> None:
    change(path, sql)
    file = SpoolFile(path)
    assert list(held(file)) == [(1000, 1900), (2000, 30_000)]
    assert file.settled(ID).missing(0, 30_000) == [(1900, 2000)]
    assert file.counts[ID].waiting == 28_900
    assert caplog.text.count("samples 1900 to 1999 are damaged") == 1
    file.append([packet(1900, 2000, live=False)])
    assert list(held(file)) == [(1000, 30_000)]
    file.close()


def test_a_damaged_packet_of_a_closed_stream_is_declared_lost(path: Path) -> None:
    change(path, "UPDATE packet SET body = zeroblob(600) WHERE row = 20")
    file = SpoolFile(path)
    file.close_stream(ID, 30_010)
    held(file)
    assert LostRange(ID, 1900, 2000, DAMAGED) in file.unacked_lost()
    assert file.settled(ID).missing(0, 30_010) == []
    file.close()


def torn_page(path: Path) -> None:
    overwrite(path, 60 * 4096, 4096)


def torn_half(path: Path) -> None:
    overwrite(path, path.stat().st_size // 2, path.stat().st_size // 2)


def torn_start(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(bytes(100))


def wrong_place(path: Path) -> None:
    change(path, "UPDATE packet SET n = 50 WHERE row = 20")


def broken_stream(path: Path) -> None:
    change(path, "UPDATE stream SET description = x'00'")


@pytest.mark.parametrize(
    ("damage", "most_lost"),
    [(torn_page, 2000), (torn_half, 29_000), (wrong_place, 100), (broken_stream, 29_000)],
)
def test_a_damaged_file_is_kept_aside_and_what_is_whole_goes_on(
    path: Path, damage: Callable[[Path], None], most_lost: int, caplog: pytest.LogCaptureFixture
) -> None:
    damage(path)
    before = path.read_bytes()
    file = used(path)
    ranges = held(file)
    assert 29_000 - most_lost <= ranges.count < 29_000
    assert list(file.received(ID)) == list(ranges)
    assert path.with_name("spool.db.damaged-1").read_bytes()[100:4096] == before[100:4096]
    assert caplog.text.count("is kept as spool.db.damaged-1") == 1
    file.append([packet(40_000, 40_100)])
    file.close()
    assert used(path).counts[ID].waiting == ranges.count + 100


def used(path: Path) -> SpoolFile:
    """Return the spool as the gateway has it once it has read all of it."""

    def read(where: Path) -> SpoolFile:
        file = SpoolFile(where)
        file.register(STREAM)
        try:
            held(file)
        except SpoolError:
            file.close()
            raise
        return file

    return open_or_salvage(path, read)


def test_a_spool_without_its_start_does_not_keep_the_gateway_from_starting(path: Path) -> None:
    torn_start(path)
    file = open_or_salvage(path, SpoolFile)
    file.register(STREAM)
    file.append([packet(0, 10)])
    file.close()
    assert path.with_name("spool.db.damaged-1").exists()


def test_somebody_elses_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no database at all, but long enough to be looked at " * 20)
    before = path.read_bytes()
    with pytest.raises(SpoolError, match=r"notes\.txt is not a spool"):
        open_or_salvage(path, SpoolFile)
    assert path.read_bytes() == before
