"""Questions to a sensor's flash log and their answers, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from lumbar_gateway.control_point import ControlPoint
from lumbar_gateway.errors import LinkError, ProfileError, ProtocolError
from lumbar_gateway.link import Timing
from lumbar_gateway.profiles.lumbar import (
    Command,
    DirectoryRecord,
    LogAssembler,
    LogBlock,
    LogEnd,
    LogGap,
    LogRecord,
    Opcode,
)

MAX_WAITING_RECORDS = 1000  # chosen: 0.4 MB; what comes on top is asked for again
DIRECTORY_ATTEMPTS = 5  # chosen: only a link that damages nearly everything needs more
MAX_DIRECTORY_RECORDS = 10_000  # chosen: boots of a sensor that no gateway came near for years


@dataclass(frozen=True, slots=True)
class Directory:
    """Every stream that the sensor remembers."""

    older: tuple[DirectoryRecord, ...]
    current: DirectoryRecord
    next_index: int  # of the current stream: the sample that will be measured next


@dataclass(frozen=True, slots=True)
class Answer:
    """How an answer to READ_LOG ended."""

    end_index: int  # the answer accounts for the asked range up to here
    is_whole: bool  # everything arrived that the sensor has sent


class LogTransfer:
    """The log characteristic of a connected sensor.

    Parameters
    ----------
    on_malformed
        Called with what was wrong with a notification.
    on_progress
        Called whenever the log has said something of samples.
    """

    def __init__(
        self,
        control: ControlPoint,
        timing: Timing,
        *,
        on_malformed: Callable[[ProfileError], None],
        on_progress: Callable[[], None],
    ) -> None:
        self._control = control
        self._timing = timing
        self._on_malformed = on_malformed
        self._on_progress = on_progress
        self._assembler = LogAssembler()
        self._records: asyncio.Queue[LogRecord] = asyncio.Queue(MAX_WAITING_RECORDS)

    def take_notification(self, data: bytes) -> None:
        """Take a notification of the log characteristic."""
        try:
            record = self._assembler.push(data)
        except ProfileError as error:
            self._on_malformed(error)
            return
        if record is None:
            return
        if isinstance(record, LogBlock | LogGap):
            self._on_progress()
        try:
            self._records.put_nowait(record)
        except asyncio.QueueFull:
            self._on_malformed(ProfileError("records of the log that nobody asked for"))

    async def directory(self) -> Directory:
        """Ask which streams the sensor remembers, until the answer is whole.

        Raises
        ------
        LinkError
            Where the sensor does not answer, or never wholly.
        """
        for _ in range(DIRECTORY_ATTEMPTS):
            listed, end = await self._directory_once()
            if len(listed) == end.records and end.stream_id in listed:
                current = listed.pop(end.stream_id)
                return Directory(tuple(listed.values()), current, end.end_index)
        raise ProtocolError(f"the log's directory was not whole {DIRECTORY_ATTEMPTS} times")

    async def read(
        self,
        stream_id: int,
        first_index: int,
        end_index: int,
        take: Callable[[LogBlock | LogGap], None],
    ) -> Answer:
        """Ask for samples of a stream and hand every record of the answer to ``take``.

        Raises
        ------
        CommandRefusedError
            Where the sensor does not know the stream or is busy.
        LinkError
            Where it falls silent or does not come to an end.
        """
        await self._ask(Command.read_log(stream_id, first_index, end_index))
        received: set[int] = set()
        for _ in range(2 * (end_index - first_index) + 1):  # a record has a sample; some come twice
            record = await self._next_record()
            if isinstance(record, DirectoryRecord) or not _is_asked(
                record, stream_id, first_index, end_index
            ):
                self._on_malformed(ProfileError("a record of the log that was not asked for"))
            elif isinstance(record, LogEnd):
                return Answer(record.end_index, len(received) >= record.records)
            else:
                received.add(record.first_index)
                take(record)
        raise ProtocolError("the log's answer does not end")

    async def _directory_once(self) -> tuple[dict[int, DirectoryRecord], LogEnd]:
        await self._ask(Command(Opcode.LIST_LOG))
        listed: dict[int, DirectoryRecord] = {}
        for _ in range(MAX_DIRECTORY_RECORDS):
            record = await self._next_record()
            if isinstance(record, LogEnd):
                return listed, record
            if isinstance(record, DirectoryRecord):
                listed[record.description.stream_id] = record
        raise ProtocolError("the log's directory does not end")

    async def _ask(self, command: Command) -> None:
        while not self._records.empty():  # of an answer that was given up
            self._records.get_nowait()
        await self._control.command(command)

    async def _next_record(self) -> LogRecord:
        try:
            async with asyncio.timeout(self._timing.log_s):
                return await self._records.get()
        except TimeoutError:
            raise LinkError(f"the log fell silent for {self._timing.log_s:g} s") from None


def _is_asked(
    record: LogBlock | LogGap | LogEnd, stream_id: int, first_index: int, end_index: int
) -> bool:
    return (
        record.stream_id == stream_id
        and first_index <= record.first_index
        and first_index <= record.end_index <= end_index
    )
