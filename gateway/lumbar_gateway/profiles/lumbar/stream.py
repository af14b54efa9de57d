"""What the samples of a stream mean."""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass
from typing import Self

from lumbar_gateway.errors import ProfileError
from lumbar_gateway.profiles.lumbar.checksum import fields, sealed

TICK_HZ = 32768  # the sensor's watch crystal; ticks are u32 and wrap after 36.4 h
PROFILE_VERSION = 1


class Channels(enum.IntFlag):
    """What a sample consists of; acceleration is always there."""

    ACC = 1
    GYRO = 2

    @property
    def count(self) -> int:
        """Number of int16 values in a sample."""
        return 6 if Channels.GYRO in self else 3


@dataclass(frozen=True, slots=True)
class StreamDescription:
    """What every sample of a stream means; a change of any field starts a new stream.

    ``stream_id`` is drawn at random by the sensor at each boot and each change of configuration.
    """

    stream_id: int  # u64
    sampling_rate_hz: float  # nominal, by the sensor's own crystal
    g_per_step: float
    dps_per_step: float  # 0 where there is no gyro
    range_g: int
    channels: Channels

    # version, stream id, rate, acceleration step, gyro step, range, channels, tick unit
    _LAYOUT = struct.Struct("<BQfffHBI")

    def __post_init__(self) -> None:
        """Refuse what no sensor can mean."""
        if not 0 <= self.stream_id < 2**64:
            raise ProfileError(f"stream_id {self.stream_id} does not fit 64 bits")
        if not 1.0 <= self.sampling_rate_hz <= 2000.0:
            raise ProfileError(f"sampling_rate_hz {self.sampling_rate_hz} is not in 1 to 2000")
        if not 1e-7 <= self.g_per_step <= 0.1:
            raise ProfileError(f"g_per_step {self.g_per_step} is not in 1e-7 to 0.1")
        if not 0.0 <= self.dps_per_step <= 1.0:
            raise ProfileError(f"dps_per_step {self.dps_per_step} is not in 0 to 1")
        if Channels.ACC not in self.channels:
            raise ProfileError("a stream always carries acceleration: set Channels.ACC")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode the stream characteristic."""
        version, stream_id, rate_hz, g, dps, range_g, channels, tick_hz = fields(
            cls._LAYOUT, data, "stream description"
        )
        if version != PROFILE_VERSION:
            raise ProfileError(f"profile version {version}; this gateway speaks {PROFILE_VERSION}")
        if tick_hz != TICK_HZ:
            raise ProfileError(f"tick unit of {tick_hz} Hz, not {TICK_HZ}")
        if channels & ~3:
            raise ProfileError(f"unknown channels {channels:#04x}")
        return cls(stream_id, rate_hz, g, dps, range_g, Channels(channels))

    def __bytes__(self) -> bytes:
        return sealed(
            self._LAYOUT.pack(
                PROFILE_VERSION,
                self.stream_id,
                self.sampling_rate_hz,
                self.g_per_step,
                self.dps_per_step,
                self.range_g,
                int(self.channels),
                TICK_HZ,
            )
        )
