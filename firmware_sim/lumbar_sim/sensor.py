"""What the sensor does, without its radio: measure, log, obey."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lumbar_gateway.profiles.lumbar import (
    MAX_INDEX,
    ClockReading,
    Command,
    CommandResult,
    ControlStatus,
    LogEnd,
    LogRecord,
    Opcode,
    RefusedWriteError,
    SensorState,
    Status,
    StreamDescription,
)
from lumbar_sim import current_time
from lumbar_sim.crystal import Crystal, tick_count
from lumbar_sim.flash_log import FlashLog
from lumbar_sim.measurement import Measurement
from lumbar_sim.recorder import Recorder, Run

Converter = Callable[[float, int], Measurement]
Answer = Iterator[LogRecord]


class Sensor:
    """One sensor from one boot.

    Parameters
    ----------
    sensor_id
        The serial number: "LB-", or "SIM-" for what people are to know as simulated, and eight
        upper-case hex digits.
    measurement
        What the converter delivers.
    crystal
        The sensor's clock.
    rng
        For stream ids.
    flash_log
        What a reboot left behind, or a new one.
    converter
        Returns a measurement at another sampling rate in Hz and range in g, or raises ValueError;
        without one, SET_RATE and SET_RANGE accept only the present settings.

    Attributes
    ----------
    battery_percent
        What it reports.
    blinks
        How often it was asked to identify itself.
    """

    def __init__(
        self,
        sensor_id: str,
        measurement: Measurement,
        crystal: Crystal,
        rng: np.random.Generator,
        flash_log: FlashLog,
        converter: Converter | None = None,
    ) -> None:
        if not re.fullmatch("(LB|SIM)-[0-9A-F]{8}", sensor_id):
            raise ValueError(f"sensor id {sensor_id!r}: need LB- or SIM- and 8 hex digits")
        self.sensor_id = sensor_id
        self.crystal = crystal
        self.flash_log = flash_log
        self.battery_percent = 100
        self.blinks = 0
        self.state = SensorState.IDLE
        self._rng = rng
        self._converter = converter
        self._wall_offset_s: float | None = None
        flash_log.begin_boot()
        self._recorder = self._open_stream(measurement)
        self._runs: list[Run] = []  # recorded, not taken yet

    @property
    def description(self) -> StreamDescription:
        """The current stream."""
        return self._recorder.description

    @property
    def status(self) -> Status:
        """The status characteristic."""
        record = self.flash_log.record(self.description.stream_id)
        return Status(
            self.battery_percent,
            self.state,
            record.oldest_index,
            record.lost_before_index,
            self._recorder.next_index,
        )

    @property
    def clock(self) -> ClockReading:
        """The clock characteristic."""
        return ClockReading(self.flash_log.boot, tick_count(self.crystal.now_s()))

    @property
    def current_time(self) -> bytes:
        """The Current Time characteristic; unknown until somebody sets it."""
        if self._wall_offset_s is None:
            return current_time.UNKNOWN
        return current_time.encode(self.crystal.now_s() + self._wall_offset_s)

    def set_time(self, wall_s: float) -> None:
        """Set the clock, in seconds since 1970-01-01 UTC."""
        now_s = self.crystal.now_s()
        self._wall_offset_s = wall_s - now_s
        self.flash_log.note_time_set(tick_count(now_s), round(wall_s * 1e6))

    def start(self) -> None:
        """Measure; does nothing where it is already measuring or has finished."""
        if self.state is SensorState.IDLE:
            self._recorder.start(self.crystal.now_s())
            self.state = SensorState.MEASURING
            self._finish_if_played()

    def stop(self) -> None:
        """Measure no more; what is due until the next start is a gap in the stream."""
        self._record()
        if self.state is SensorState.MEASURING:
            self.state = SensorState.IDLE

    def take_runs(self) -> list[Run]:
        """Log every sample that is due; returns all of this stream not taken before."""
        self._record()
        runs, self._runs = self._runs, []
        return runs

    def sampled_s(self, by_s: float) -> float:
        """Return when the newest sample of the time ``by_s`` is there, by the crystal (s).

        Then is the time to notify it: a gateway takes any delay for one of the radio.
        """
        return self._recorder.sampled_s(by_s) if self.state is SensorState.MEASURING else by_s

    def ticks_at(self, index: int) -> int:
        """Return the tick counter at a sample of the current stream."""
        return self._recorder.ticks_at(index)

    def execute(self, value: bytes, *, busy: bool) -> tuple[CommandResult, Answer | None]:
        """Carry out a write to the control point.

        Parameters
        ----------
        value
            The bytes written.
        busy
            Whether an answer is still being sent on the log characteristic.

        Returns
        -------
        result
            What to indicate.
        answer
            What to send on the log characteristic after that, if anything.
        """
        try:
            command = Command.from_bytes(value)
        except RefusedWriteError as refused:
            return CommandResult(refused.opcode, refused.status), None
        if busy and command.opcode in (Opcode.LIST_LOG, Opcode.READ_LOG):
            return CommandResult(command.opcode, ControlStatus.BUSY), None
        status, answer = self._carry_out(command)
        return CommandResult(command.opcode, status), answer

    def _carry_out(self, command: Command) -> tuple[ControlStatus, Answer | None]:
        parameters: tuple[Any, ...] = command.values()
        match command.opcode:
            case Opcode.LIST_LOG:
                return ControlStatus.OK, self._directory()
            case Opcode.READ_LOG:
                return self._read_log(*parameters)
            case Opcode.FREE_LOG:
                return self._free_log(*parameters), None
            case Opcode.SET_RATE:
                return self._configure(parameters[0], self.description.range_g), None
            case Opcode.SET_RANGE:
                return self._configure(self.description.sampling_rate_hz, parameters[0]), None
            case Opcode.SET_TIME:
                return self._set_time(parameters[0] / 1e6), None
            case Opcode.START:
                self.start()
            case Opcode.STOP:
                self.stop()
            case Opcode.IDENTIFY:
                self.blinks += 1
        return ControlStatus.OK, None

    def _directory(self) -> Answer:
        listed = self.flash_log.directory()
        yield from listed
        yield LogEnd(self.description.stream_id, 0, self._recorder.next_index, len(listed))

    def _read_log(
        self, stream_id: int, first_index: int, n: int
    ) -> tuple[ControlStatus, Answer | None]:
        if n == 0 or first_index + n > MAX_INDEX + 1:
            return ControlStatus.BAD_PARAMETERS, None
        if not self.flash_log.knows(stream_id):
            return ControlStatus.UNKNOWN_STREAM, None
        end_index = first_index + n
        if stream_id == self.description.stream_id:
            end_index = max(first_index, min(end_index, self._recorder.next_index))
        return ControlStatus.OK, self._account(stream_id, first_index, end_index)

    def _account(self, stream_id: int, first_index: int, end_index: int) -> Answer:
        """Send what there is of the range, and say of everything else why it is not there."""
        at, records = first_index, 0
        while at < end_index and self.flash_log.knows(stream_id):
            record = self.flash_log.read(stream_id, at, end_index)
            yield record
            at, records = record.end_index, records + 1
        yield LogEnd(stream_id, first_index, at, records)

    def _free_log(self, stream_id: int, index: int) -> ControlStatus:
        if not self.flash_log.knows(stream_id):
            return ControlStatus.UNKNOWN_STREAM
        self.flash_log.free(stream_id, index)
        return ControlStatus.OK

    def _set_time(self, wall_s: float) -> ControlStatus:
        try:
            current_time.encode(wall_s)
        except (ValueError, OverflowError, OSError):
            return ControlStatus.BAD_PARAMETERS
        self.set_time(wall_s)
        return ControlStatus.OK

    def _configure(self, sampling_rate_hz: float, range_g: int) -> ControlStatus:
        now = (self.description.sampling_rate_hz, self.description.range_g)
        if (sampling_rate_hz, range_g) == now:
            return ControlStatus.OK
        if self._converter is None:
            return ControlStatus.BAD_PARAMETERS
        self._record()
        try:
            recorder = self._open_stream(self._converter(sampling_rate_hz, range_g))
        except ValueError:
            return ControlStatus.BAD_PARAMETERS
        measuring = self.state is SensorState.MEASURING
        self._recorder, self.state, self._runs = recorder, SensorState.IDLE, []
        if measuring:
            self.start()
        return ControlStatus.OK

    def _open_stream(self, measurement: Measurement) -> Recorder:
        stream_id = int(self._rng.integers(2**64, dtype=np.uint64))
        return Recorder(measurement, stream_id, self.flash_log)

    def _record(self) -> None:
        if self.state is SensorState.MEASURING:
            self._runs += self._recorder.record(self.crystal.now_s())
            self._finish_if_played()

    def _finish_if_played(self) -> None:
        if self._recorder.finished:
            self.state = SensorState.FINISHED
