"""The streams this gateway knows, with whose they are and how their clock runs."""

from __future__ import annotations

from dataclasses import dataclass

from lumbar_gateway.clock import ClockState
from lumbar_gateway.profiles.lumbar import StreamDescription


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of one sensor."""

    sensor_id: str
    description: StreamDescription
    clock: ClockState
    end_index: int | None = None  # known once the sensor has closed the stream
    end_is_acked: bool = False  # the server has recorded the end

    @property
    def stream_id(self) -> int:
        """The stream's identity."""
        return self.description.stream_id


@dataclass(frozen=True, slots=True)
class Packet:
    """Consecutive samples on their way: from a notification or from a block of the log."""

    stream_id: int
    first_index: int
    ticks: int  # device ticks at the first sample, unwrapped
    gateway_boot: int  # the run of the gateway that received it ...
    monotonic_s: float  # ... and when, by the clock of that run
    live: bool  # notified, not read from the log
    body: bytes  # int16, little-endian, sample by sample
    n: int

    @property
    def end_index(self) -> int:
        """One past the last sample's index."""
        return self.first_index + self.n


@dataclass(frozen=True, slots=True)
class LostRange:
    """Samples that the sensor no longer has."""

    stream_id: int
    first_index: int
    end_index: int
    reason: str
