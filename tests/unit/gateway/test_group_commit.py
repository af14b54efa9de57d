"""Packets that come together share a commit; trouble with the disk is said once."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from gateway_streams import STREAM, packet
from lumbar_gateway.errors import SpoolError
from lumbar_gateway.group_commit import MAX_WAITING_PACKETS, Spool
from lumbar_gateway.messages import Ack, IndexRanges
from lumbar_gateway.spool import AppendReport, SpoolFile

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
    assert reports[0].newest_row == {ID: 10}


async def test_closing_commits_what_still_waits(tmp_path: Path) -> None:
    async with Spool(tmp_path / "spool.db") as spool:
        await spool.ask(SpoolFile.register, STREAM)
        spool.append(packet(0, 5), STREAM.clock)
    async with Spool(tmp_path / "spool.db") as spool:
        assert await spool.ask(SpoolFile.received, ID) == IndexRanges([(0, 5)])


async def test_full_spool_is_said_once_and_so_is_its_end(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "lumbar_gateway")
    async with Spool(tmp_path / "spool.db", limit_bytes=36 * 1024) as spool:
        await spool.ask(SpoolFile.register, STREAM)
        start = 0
        while spool.refused_packets < 3:
            spool.append(packet(start, start + 200), STREAM.clock)
            await spool.flush()
            start += 200
        received = await spool.ask(SpoolFile.received, ID)
        assert list(received) == [(0, start - 600)]
        await spool.ask(SpoolFile.apply_acks, [Ack(ID, received, IndexRanges(), None)])
        spool.append(packet(start, start + 200), STREAM.clock)
        await spool.flush()
    lines = [r.message for r in caplog.records]
    assert len(lines) == 2
    assert "stay in the sensor's log" in lines[0]
    assert "again" in lines[1]


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
