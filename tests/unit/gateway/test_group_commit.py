"""Packets that come together share a commit; trouble with the disk is said once."""

import asyncio
import logging
import sqlite3
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from bad_disks import FiniteDisk, overwrite
from gateway_streams import STREAM, packet
from lumbar_gateway.errors import SpoolError
from lumbar_gateway.group_commit import MAX_WAITING_PACKETS, Spool
from lumbar_gateway.messages import IndexRanges
from lumbar_gateway.spool import AppendReport, SpoolFile
from lumbar_gateway.streams import LostRange

ID = STREAM.stream_id


async def test_packets_that_come_together_share_a_commit(tmp_path: Path) -> None:
    reports: list[AppendReport] = []
    async with Spool(tmp_path / "spool.db") as spool:
        await spool.ask(SpoolFile.register, STREAM)
        spool.on_commit(reports.append)
        for start in range(0, 50, 5):
            spool.append(packet(start, start + 5), STREAM.clock)
        await spool.flush()
        assert await spool.ask(SpoolFile.received, ID) == IndexRanges([(0, 50)])
        assert spool.counts(STREAM.sensor_id).waiting == 50
    assert [report.stored for report in reports] == [{ID: 50}]
    assert reports[0].rows[ID][-1].row == 10


async def test_closing_commits_what_still_waits(tmp_path: Path) -> None:
    async with Spool(tmp_path / "spool.db") as spool:
        await spool.ask(SpoolFile.register, STREAM)
        spool.append(packet(0, 5), STREAM.clock)
    async with Spool(tmp_path / "spool.db") as spool:
        assert await spool.ask(SpoolFile.received, ID) == IndexRanges([(0, 5)])


async def test_what_is_settled_is_known_while_the_disk_is_busy(tmp_path: Path) -> None:
    disk_is_free = threading.Event()
    async with Spool(tmp_path / "spool.db") as spool:
        await spool.ask(SpoolFile.register, STREAM)
        spool.append(packet(0, 5), STREAM.clock)
        await spool.flush()
        await spool.ask(SpoolFile.declare_lost, LostRange(ID, 5, 8, "gone"))
        busy = asyncio.create_task(spool.ask(lambda _file: disk_is_free.wait()))
        await asyncio.sleep(0)
        try:
            assert spool.settled(ID) == IndexRanges([(0, 8)])
        finally:
            disk_is_free.set()
            await busy


async def test_full_disk_is_said_once_and_so_is_its_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "lumbar_gateway")
    disk = FiniteDisk()
    async with Spool(tmp_path / "spool.db", connect=disk.connect) as spool:
        await spool.ask(SpoolFile.register, STREAM)
        for start in range(0, 100, 10):
            disk.is_full = 50 <= start < 80
            spool.append(packet(start, start + 10), STREAM.clock)
            await spool.flush()
        received = await spool.ask(SpoolFile.received, ID)
    assert list(received) == [(0, 50), (80, 100)]
    assert spool.refused_packets == 3
    lines = [r.message for r in caplog.records]
    assert len(lines) == 2
    assert "stay in the sensor's log" in lines[0]
    assert "again" in lines[1]


async def test_what_is_given_up_is_said_and_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Spool(tmp_path / "spool.db", limit_bytes=2**20) as spool:
        await spool.ask(SpoolFile.register, STREAM)
        for start in range(0, 200_000, 200):
            spool.append(packet(start, start + 200), STREAM.clock)
            if start % 10_000 == 0:
                await spool.flush()
        await spool.flush()
        counts = spool.counts(STREAM.sensor_id)
        assert spool.evicted_samples == counts.lost > 0
        assert counts.lost + counts.waiting == 200_000
    assert caplog.text.count("the oldest samples are given up") == 1


async def test_a_packet_that_cannot_be_stored_costs_no_other(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Spool(tmp_path / "spool.db") as spool:
        await spool.ask(SpoolFile.register, STREAM)
        for start in range(0, 50, 10):
            good = packet(start, start + 10)
            spool.append(replace(good, ticks=2**70) if start == 20 else good, STREAM.clock)
        await spool.flush()
        assert list(await spool.ask(SpoolFile.received, ID)) == [(0, 20), (30, 50)]
        assert spool.refused_packets == 1
    assert "the sensor's log still has it" in caplog.text


async def test_streams_go_on_where_the_damage_took_them_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "spool.db"
    async with Spool(path) as spool:
        await spool.ask(SpoolFile.register, STREAM)
        spool.append(packet(0, 10), STREAM.clock)
        await spool.flush()
        with sqlite3.connect(path) as other:
            other.execute("DELETE FROM stream")
            other.execute("UPDATE packet SET n = 5")
        other.close()
        assert await spool.ask(lambda file: file.rows_after(ID, 0, 10)) == []
        spool.append(packet(10, 20), STREAM.clock)
        await spool.flush()
        assert list(await spool.ask(SpoolFile.received, ID)) == [(10, 20)]
    assert path.with_name("spool.db.damaged-1").exists()


async def test_a_spool_that_is_damaged_while_in_use_is_replaced(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "spool.db"
    async with Spool(path) as spool:
        await spool.ask(SpoolFile.register, STREAM)
        for start in range(0, 20_000, 200):
            spool.append(packet(start, start + 200), STREAM.clock)
        await spool.flush()
        with sqlite3.connect(path) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        other.close()
        overwrite(path, 40 * 4096, 4096)
        await spool.ask(SpoolFile.close_stream, ID, 50_000)  # so that what was cached is read anew
        rows = await spool.ask(lambda file: file.rows_after(ID, 0, 1000))
        spool.append(packet(20_000, 20_200), STREAM.clock)
        await spool.flush()
        received = await spool.ask(SpoolFile.received, ID)
    assert 90 <= len(rows) < 100
    assert received.covers(20_000, 20_200)
    assert received.count == 200 * (len(rows) + 1)
    assert "is kept as spool.db.damaged-1" in caplog.text


async def test_waiting_packets_are_bounded(tmp_path: Path) -> None:
    async with Spool(tmp_path / "spool.db") as spool:
        await spool.ask(SpoolFile.register, STREAM)
        for start in range(MAX_WAITING_PACKETS + 5):
            spool.append(packet(start, start + 1), STREAM.clock)
        assert spool.refused_packets == 5


async def test_contradicting_samples_are_counted_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with Spool(tmp_path / "spool.db") as spool:
        await spool.ask(SpoolFile.register, STREAM)
        spool.append(packet(0, 10), STREAM.clock)
        other = packet(100, 110)
        spool.append(
            replace(other, first_index=5),
            STREAM.clock,
        )
        await spool.flush()
        assert spool.differing_samples == 5
    assert "samples 5 to 9 came again with other values" in caplog.text


async def test_unusable_path_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolError, match=r"spool\.db"):
        async with Spool(tmp_path / "file" / "spool.db"):
            pass
