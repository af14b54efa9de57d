"""Answers of the log: whole or not, of this question or of another, and never without bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from lumbar_gateway.errors import LinkError, ProfileError, ProtocolError
from lumbar_gateway.link import Timing
from lumbar_gateway.log_transfer import DIRECTORY_ATTEMPTS, MAX_WAITING_RECORDS, LogTransfer
from lumbar_gateway.profiles.lumbar import (
    Channels,
    Command,
    DirectoryRecord,
    GapReason,
    LogAssembler,
    LogBlock,
    LogEnd,
    LogGap,
    LogRecord,
    StreamDescription,
    StreamTime,
    fragment,
)

ID = 7


def block(first: int, end: int, stream_id: int = ID) -> LogBlock:
    return LogBlock(stream_id, first, 0, np.zeros((end - first, 3), np.int16))


def directory_record(stream_id: int) -> DirectoryRecord:
    description = StreamDescription(stream_id, 100.0, 1 / 4096, 0.0, 8, Channels.ACC)
    return DirectoryRecord(description, 0, 0, 10, StreamTime(1, 0))


@dataclass
class Log:
    """Stands in for the control point; answers every command with the next records."""

    answers: list[list[LogRecord]]
    malformed: list[ProfileError] = field(default_factory=list)
    take: Callable[[bytes], None] = lambda _: None
    asked: int = 0

    async def command(self, _command: Command) -> None:
        self.asked += 1
        for record in self.answers.pop(0):
            for piece in fragment(record, 100):
                self.take(piece)


def transfer(log: Log) -> LogTransfer:
    made = LogTransfer(
        log,  # type: ignore[arg-type]
        Timing(log_s=0.05),
        on_malformed=log.malformed.append,
        on_progress=lambda: None,
    )
    log.take = made.take_notification
    return made


async def test_an_answer_is_whole_where_as_many_came_as_were_sent() -> None:
    gap = LogGap(ID, 60, 70, GapReason.OVERWRITTEN)
    log = Log([[block(0, 60), gap, LogEnd(ID, 0, 70, 2)], [block(0, 60), LogEnd(ID, 0, 70, 2)]])
    reading = transfer(log)
    taken: list[LogBlock | LogGap] = []
    answer = await reading.read(ID, 0, 70, taken.append)
    assert (answer.end_index, answer.is_whole) == (70, True)
    assert taken[1] == gap
    answer = await reading.read(ID, 0, 70, taken.append)
    assert not answer.is_whole


async def test_a_record_that_comes_twice_does_not_stand_for_another() -> None:
    log = Log([[block(0, 60), block(0, 60), LogEnd(ID, 0, 120, 2)]])
    assert not (await transfer(log).read(ID, 0, 120, lambda _: None)).is_whole


@pytest.mark.parametrize(
    "stranger",
    [
        LogEnd(ID + 1, 0, 70, 0),
        LogEnd(ID, 75, 80, 0),
        LogEnd(ID, 0, 71, 0),
        block(0, 9, ID + 1),
        block(60, 71),
        directory_record(ID),
    ],
    ids=["end-stream", "end-range", "end-beyond", "block-stream", "block-beyond", "directory"],
)
async def test_records_that_were_not_asked_for_are_counted_and_end_nothing(
    stranger: LogRecord,
) -> None:
    log = Log([[stranger, block(0, 60), LogEnd(ID, 0, 70, 1)]])
    answer = await transfer(log).read(ID, 0, 70, lambda _: None)
    assert (answer.end_index, answer.is_whole) == (70, True)
    assert len(log.malformed) == 1


async def test_an_answer_without_an_end_is_given_up() -> None:
    with pytest.raises(LinkError, match="fell silent"):
        await transfer(Log([[block(0, 60)]])).read(ID, 0, 60, lambda _: None)
    with pytest.raises(ProtocolError, match="does not end"):
        await transfer(Log([[block(0, 1)] * 10])).read(ID, 0, 2, lambda _: None)


async def test_a_directory_is_asked_for_until_it_is_whole() -> None:
    lines = [directory_record(1), directory_record(2)]
    end = LogEnd(2, 0, 12, 2)
    log = Log([[lines[1], end], [lines[0], lines[0], end], [*lines, end]])
    directory = await transfer(log).directory()
    assert (directory.older, directory.current, directory.next_index) == (
        (lines[0],),
        lines[1],
        12,
    )
    assert log.asked == 3


async def test_a_directory_that_is_never_whole_is_the_sensors_fault() -> None:
    log = Log([[directory_record(2), LogEnd(2, 0, 12, 2)]] * DIRECTORY_ATTEMPTS)
    with pytest.raises(ProtocolError, match="not whole"):
        await transfer(log).directory()


async def test_records_that_nobody_takes_are_bounded() -> None:
    log = Log([])
    reading = transfer(log)
    for _ in range(MAX_WAITING_RECORDS + 5):
        for piece in fragment(block(0, 1), 100):
            reading.take_notification(piece)
    assert len(log.malformed) == 5


def test_a_record_that_never_ends_does_not_fill_the_memory() -> None:
    assembler = LogAssembler()
    assembler.push(b"\x40" + bytes(LogBlock.MAX_BYTES))
    with pytest.raises(ProfileError, match="more than"):
        assembler.push(b"\x00\x00")
    with pytest.raises(ProfileError, match="without its beginning"):
        assembler.push(b"\x00\x00")
