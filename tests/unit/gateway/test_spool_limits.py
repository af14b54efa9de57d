"""The spool's size and age have an end: what must go is declared, and deleting always works."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bad_disks import FiniteDisk
from gateway_streams import STREAM, packet
from lumbar_gateway.errors import SpoolFullError
from lumbar_gateway.giving_up import EVICTED
from lumbar_gateway.messages import Ack, IndexRanges
from lumbar_gateway.spool import SpoolFile
from lumbar_gateway.streams import LostRange

ID = STREAM.stream_id
OTHER = replace(STREAM, description=replace(STREAM.description, stream_id=5))
DAY_S = 86400.0
LIMIT_BYTES = 2**20
GROUP = 2000  # samples of each stream in one commit


class Uptime:
    """A monotonic clock to be set."""

    s = 1000.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def uptime() -> Uptime:
    return Uptime()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SpoolFile]:
    file = SpoolFile(tmp_path / "spool.db", LIMIT_BYTES)
    file.register(STREAM)
    file.register(OTHER)
    yield file
    file.close()


def aging(path: Path, uptime: Uptime) -> SpoolFile:
    file = SpoolFile(path, monotonic_s=uptime, max_age_s=30 * DAY_S)
    file.register(STREAM)
    return file


def indices(file: SpoolFile, stream_id: int = ID) -> IndexRanges:
    rows = file.rows_after(stream_id, 0, 100_000)
    return IndexRanges((row.packet.first_index, row.packet.end_index) for row in rows)


def fill(file: SpoolFile, samples: int, first: int = 0) -> int:
    """Append samples to both streams; returns how many of both were given up."""
    evicted = 0
    for start in range(first, first + samples, GROUP):
        ones = [packet(at, at + 250) for at in range(start, start + GROUP, 250)]
        others = [replace(one, stream_id=5) for one in ones]
        pairs = [one for pair in zip(ones, others, strict=True) for one in pair]
        evicted += file.append(pairs).evicted
    return evicted


def test_the_oldest_samples_make_room_and_are_declared(small: SpoolFile) -> None:
    evicted = fill(small, 200_000)
    kept = indices(small)
    ((start, end),) = kept
    assert end == 200_000
    assert start > 0
    assert small.unacked_lost()[1] == LostRange(ID, 0, start, EVICTED)
    assert evicted == small.counts[ID].lost + small.counts[5].lost
    assert small.counts[ID].waiting == kept.count
    assert abs(indices(small, 5).count - kept.count) <= 250


def test_all_files_together_stay_below_the_limit(small: SpoolFile, tmp_path: Path) -> None:
    largest = 0
    for first in range(0, 200_000, 10_000):
        fill(small, 10_000, first)
        largest = max(largest, sum(path.stat().st_size for path in tmp_path.iterdir()))
    assert 0.6 * LIMIT_BYTES < largest <= LIMIT_BYTES


def test_what_was_given_up_is_neither_asked_for_nor_stored_again(
    small: SpoolFile, tmp_path: Path
) -> None:
    fill(small, 200_000)
    assert list(small.received(ID)) == [(0, 200_000)]
    assert small.append([packet(0, 250, live=False)]).stored == {}
    again = SpoolFile(tmp_path / "spool.db", LIMIT_BYTES)
    assert list(again.received(ID)) == [(0, 200_000)]
    assert again.counts == small.counts
    again.close()


def test_what_the_server_had_after_all_is_no_loss(small: SpoolFile) -> None:
    fill(small, 200_000)
    small.apply_acks([Ack(ID, IndexRanges([(0, 200_000)]), IndexRanges(), None)])
    assert [lost.stream_id for lost in small.unacked_lost()] == [5]


def test_a_long_acknowledgement_is_followed_part_by_part(small: SpoolFile) -> None:
    fill(small, 20_000)
    everything = IndexRanges([(0, 20_000)])
    small.apply_acks([Ack(key, everything, IndexRanges(), None) for key in (ID, 5)])
    assert not indices(small)
    assert not indices(small, 5)
    assert [small.counts[key].acked for key in (ID, 5)] == [20_000, 20_000]
    assert [small.counts[key].waiting for key in (ID, 5)] == [0, 0]


def test_samples_that_wait_too_long_are_given_up(tmp_path: Path, uptime: Uptime) -> None:
    file = aging(tmp_path / "spool.db", uptime)
    file.append([packet(0, 10)])
    uptime.s += 20 * DAY_S
    file.append([packet(10, 20)])
    uptime.s += 10.5 * DAY_S
    assert file.append([packet(20, 30)]).evicted == 10
    assert list(indices(file)) == [(10, 30)]
    assert file.unacked_lost() == [LostRange(ID, 0, 10, EVICTED)]
    file.close()


def test_age_counts_across_restarts_and_not_while_nothing_runs(
    tmp_path: Path, uptime: Uptime
) -> None:
    path = tmp_path / "spool.db"
    file = aging(path, uptime)
    file.append([packet(0, 10)])
    uptime.s += 29 * DAY_S
    file.append([packet(10, 20)])
    file.close()
    uptime.s = 0.0  # the machine started anew, some year
    file = aging(path, uptime)
    assert file.append([packet(20, 30)]).evicted == 0
    uptime.s += 1.5 * DAY_S
    assert file.append([packet(30, 40)]).evicted == 10
    file.close()


def test_a_full_disk_stores_nothing_new_and_loses_nothing(tmp_path: Path) -> None:
    disk = FiniteDisk()
    file = SpoolFile(tmp_path / "spool.db", connect=disk.connect)
    file.register(STREAM)
    file.append([packet(0, 10)])
    disk.is_full = True
    with pytest.raises(SpoolFullError, match="stay in the sensor's log"):
        file.append([packet(10, 20)])
    assert list(file.received(ID)) == list(indices(file)) == [(0, 10)]
    disk.is_full = False
    file.append([packet(10, 20)])
    assert list(indices(file)) == [(0, 20)]
    file.close()


def test_a_full_disk_does_not_keep_the_servers_word_from_its_effect(tmp_path: Path) -> None:
    ballast = tmp_path / "spool.db.ballast"
    disk = FiniteDisk(has_room=lambda: not ballast.exists())
    file = SpoolFile(tmp_path / "spool.db", LIMIT_BYTES, connect=disk.connect)
    file.register(STREAM)
    file.append([packet(0, 10), packet(10, 20)])
    assert ballast.stat().st_size > 0
    disk.is_full = True
    with pytest.raises(SpoolFullError):
        file.append([packet(20, 30)])
    file.apply_acks([Ack(ID, IndexRanges([(0, 10)]), IndexRanges(), None)])
    assert list(indices(file)) == [(10, 20)]
    file.close()
    SpoolFile(tmp_path / "spool.db", LIMIT_BYTES).close()
    assert ballast.exists()
